/** The 8- and 4-bit float types as values. Source: onnx/onnx docs "Float stored in 8 bits", OCP MX for E8M0 and E2M1. */

export type SmallFloatType =
  | 'float8e4m3fn'
  | 'float8e4m3fnuz'
  | 'float8e5m2'
  | 'float8e5m2fnuz'
  | 'float8e8m0'
  | 'float4e2m1';

interface Layout {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
  /** What the codes beyond the finite ones mean. `fnuz`: only 0x80 is special, and it is NaN. */
  readonly special: 'ieee' | 'fn' | 'fnuz' | 'none';
}

const LAYOUTS: Record<Exclude<SmallFloatType, 'float8e8m0'>, Layout> = {
  float8e4m3fn: { exponentBits: 4, mantissaBits: 3, bias: 7, special: 'fn' },
  float8e4m3fnuz: { exponentBits: 4, mantissaBits: 3, bias: 8, special: 'fnuz' },
  float8e5m2: { exponentBits: 5, mantissaBits: 2, bias: 15, special: 'ieee' },
  float8e5m2fnuz: { exponentBits: 5, mantissaBits: 2, bias: 16, special: 'fnuz' },
  float4e2m1: { exponentBits: 2, mantissaBits: 1, bias: 1, special: 'none' },
};

/** `count` values from packed codes (two a byte for float4e2m1, low nibble first). */
export function decodeFloat8(type: SmallFloatType, raw: Uint8Array, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const code =
      type === 'float4e2m1' ? ((raw[i >> 1] ?? 0) >>> ((i & 1) * 4)) & 15 : (raw[i] ?? 0);
    values[i] = valueOfCode(type, code);
  }
  return values;
}

function valueOfCode(type: SmallFloatType, code: number): number {
  if (type === 'float8e8m0') return code === 255 ? Number.NaN : 2 ** (code - 127);
  const { exponentBits, mantissaBits, bias, special } = LAYOUTS[type];
  const negative = (code >>> (exponentBits + mantissaBits)) & 1;
  const exponent = (code >>> mantissaBits) & ((1 << exponentBits) - 1);
  const mantissa = code & ((1 << mantissaBits) - 1);
  const top = exponent === (1 << exponentBits) - 1;
  if (special === 'fnuz' && code === 0x80) return Number.NaN;
  if (special === 'fn' && top && mantissa === (1 << mantissaBits) - 1) return Number.NaN;
  const sign = negative ? -1 : 1;
  if (special === 'ieee' && top) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  const fraction = mantissa / (1 << mantissaBits);
  return exponent === 0
    ? sign * fraction * 2 ** (1 - bias)
    : sign * (1 + fraction) * 2 ** (exponent - bias);
}
