/** Names for values that quantization adds: those of exported models are often paths of a hundred characters. */

const LONGEST = 24;

/** How TensorFlow ends the name of a node's first output. */
const FIRST_OUTPUT = /:0$/;

/**
 * The end of a name, `a/b/conv1/BiasAdd:0` → `BiasAdd`: in a small model added names would take more bytes than weights.
 * What is added to it is short for the same reason: `_fp` in floating point, `_q` quantized, `_dq` dequantized,
 * `_scale`, `_zp` zero point.
 */
export function briefName(name: string): string {
  const plain = name.replace(FIRST_OUTPUT, '');
  if (plain.length <= LONGEST) return plain;
  return plain.slice(plain.lastIndexOf('/') + 1).slice(-LONGEST);
}
