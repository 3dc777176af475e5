/** Float32 constants as float16: rounded half to even, finite ones kept finite and not made zero. */
import { bytesOf, computedTensor } from '../../../onnx/make-tensor.ts';
import type { StoredTensor } from '../../../onnx/stored-tensor.ts';
import { elementCount } from '../../../onnx/tensor-data.ts';
import { forEachChunk } from '../weights/kernels/float32-chunks.ts';

/** Computed when it is written. */
export function halfTensor(name: string, tensor: StoredTensor): StoredTensor {
  return computedTensor(name, 'float16', tensor.dims, () => bytesOf(toHalf(tensor)), [tensor]);
}

/** Bits of float16. Reads the tensor in pieces. */
export function toHalf(tensor: StoredTensor): Uint16Array {
  const half = new Uint16Array(elementCount(tensor));
  forEachChunk(tensor, 1, (values, start) => {
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let i = 0; i < words.length; i++) {
      const word = words[i] as number;
      const size = word & 0x7fffffff;
      // Nearly all weights: adding half of the last place, less one unless that is odd, rounds half to even.
      half[start + i] =
        size >= LEAST_NORMAL && size < FIRST_ABOVE
          ? ((word >>> 16) & 0x8000) | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13)
          : unusualBits(word);
    }
  });
  return half;
}

/** float32 bits of 2^-14, from which float16 has all its digits, and of 65520, which rounds to more than it holds. */
const LEAST_NORMAL = 0x38800000;
const FIRST_ABOVE = 0x477ff000;
const INFINITE = 0x7f800000;

/**
 * float16 bits of other float32 bits. Sizes above 65504 become 65504: the −3.4e38 of attention masks has
 * to stay finite, since ∞ − ∞ is no number. Sizes below 2^-24 become 2^-24: an epsilon must not become 0.
 */
function unusualBits(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const size = word & 0x7fffffff;
  if (size === 0) return sign;
  if (size > INFINITE) return sign | 0x7e00;
  if (size === INFINITE) return sign | 0x7c00;
  if (size >= FIRST_ABOVE) return sign | 0x7bff;
  return sign | Math.max(1, subnormalBits(size));
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Adding 0.5 aligns the mantissa to steps of 2^-24 and rounds it. */
function subnormalBits(size: number): number {
  bits[0] = size;
  float[0] = (float[0] as number) + 0.5;
  return (bits[0] as number) - 0x3f000000;
}
