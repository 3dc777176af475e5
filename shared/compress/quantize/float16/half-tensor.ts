/** Float32 constants as float16: rounded half to even, finite ones kept finite and not made zero. */
import { bytesOf, computedTensor } from '../../../onnx/make-tensor.ts';
import type { StoredTensor } from '../../../onnx/stored-tensor.ts';
import { elementCount } from '../../../onnx/tensor-data.ts';
import { forEachChunk } from '../weights/kernels/float32-chunks.ts';

/** Computed when it is written. */
export function halfTensor(name: string, tensor: StoredTensor): StoredTensor {
  return computedTensor(name, 'float16', tensor.dims, () => bytesOf(toHalf(tensor)));
}

/** Bits of float16. Reads the tensor in pieces. */
export function toHalf(tensor: StoredTensor): Uint16Array {
  const half = new Uint16Array(elementCount(tensor));
  forEachChunk(tensor, 1, (values, start) => {
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let i = 0; i < words.length; i++) half[start + i] = halfBits(words[i] as number);
  });
  return half;
}

const LARGEST = 0x7bff;
const INFINITE = 0x7c00;

/**
 * float16 bits of float32 bits. Sizes above 65504 become 65504: the −3.4e38 of attention masks has to stay
 * finite, since ∞ − ∞ is no number. Sizes below 2^-24 become 2^-24: an epsilon must not become 0.
 */
function halfBits(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const size = word & 0x7fffffff;
  if (size >= 0x38800000 && size < 0x477ff000) {
    // Adding half of the last place, less one unless that place is odd, rounds half to even.
    return sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13);
  }
  if (size === 0) return sign;
  if (size > 0x7f800000) return sign | 0x7e00;
  if (size === 0x7f800000) return sign | INFINITE;
  if (size >= 0x477ff000) return sign | LARGEST;
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
