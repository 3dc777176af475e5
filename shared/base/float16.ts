/** float16 and bfloat16 as bits: conversions that round half to even, without Float16Array (Node 22 lacks it). */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The bits of the nearest float16 (ties to even); beyond 65504 gives ±Infinity, NaN stays NaN. */
export function toFloat16Bits(value: number): number {
  float[0] = value;
  const word = bits[0] ?? 0;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520 = 0x477ff000 is the first value that rounds up to Infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Subnormal float16: adding 0.5 aligns the float32 mantissa to steps of 2^-24 and rounds it.
    float[0] = Math.abs(value) + 0.5;
    return sign | ((bits[0] ?? 0) - 0x3f000000);
  }
  const roundedEven = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((roundedEven - 0x38000000) >>> 13);
}

/** The value of float16 bits, exact. */
export function fromFloat16Bits(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The value of bfloat16 bits, exact. */
export function fromBfloat16Bits(half: number): number {
  bits[0] = (half & 0xffff) << 16;
  return float[0] ?? 0;
}

/** The bits of the nearest bfloat16 (ties to even). */
export function toBfloat16Bits(value: number): number {
  float[0] = value;
  const word = bits[0] ?? 0;
  if ((word & 0x7fffffff) > 0x7f800000) return (word >>> 16) | 0x40;
  return ((word + 0x7fff + ((word >>> 16) & 1)) >>> 16) & 0xffff;
}

/** float32 values as float16 bits, element by element; see {@link toFloat16Bits}. */
export function encodeFloat16(values: ArrayLike<number>): Uint16Array {
  const encoded = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) encoded[i] = toFloat16Bits(values[i] ?? 0);
  return encoded;
}

/** float16 bits as float32 values. */
export function decodeFloat16(halves: Uint16Array): Float32Array {
  const table = float16Table();
  const decoded = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) decoded[i] = table[halves[i] ?? 0] ?? 0;
  return decoded;
}

let table: Float32Array | undefined;
function float16Table(): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, half) => fromFloat16Bits(half));
  return table;
}
