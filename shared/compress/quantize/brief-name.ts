/** Names for values that quantization adds: those of exported models are often paths of a hundred characters. */

const LONGEST = 24;

/** The end of a name, `a/b/conv1/BiasAdd:0` → `BiasAdd:0`: in a small model added names would take more bytes than weights. */
export function briefName(name: string): string {
  if (name.length <= LONGEST) return name;
  return name.slice(name.lastIndexOf('/') + 1).slice(-LONGEST);
}
