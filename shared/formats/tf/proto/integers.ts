/** Elements that a file holds as varints, as raw little-endian bytes. */
import type { ElementType } from '../../../onnx/element-type.ts';
import { bytesOf } from '../../../onnx/make-tensor.ts';
import type { Int64 } from '../../../onnx/model.ts';

/** Halves are stored as their bits; a number that is too large for the type is cut to its low bits, as in C++. */
export function encodeIntegers(type: ElementType, values: readonly Int64[]): Uint8Array {
  switch (type) {
    case 'int64':
    case 'uint64':
      return bytesOf(BigInt64Array.from(values, BigInt));
    case 'int32':
    case 'uint32':
      return bytesOf(Uint32Array.from(values, low32));
    case 'int16':
    case 'uint16':
    case 'float16':
    case 'bfloat16':
      return bytesOf(Uint16Array.from(values, low32));
    case 'bool':
      return Uint8Array.from(values, (value) => (low32(value) === 0 ? 0 : 1));
    default:
      return Uint8Array.from(values, low32);
  }
}

/** The low 32 bits: typed arrays take the rest off by themselves, but not from a bigint. */
const low32 = (value: Int64): number =>
  typeof value === 'number' ? value : Number(BigInt.asUintN(32, value));
