import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../shared/base/errors.ts';
import { Unconvertible } from '../../../shared/formats/build/unconvertible.ts';
import {
  asFloat32,
  dequantizeLong,
  heldType,
  storedConstant,
} from '../../../shared/formats/tflite/constants.ts';
import type { TensorType, TfliteTensor } from '../../../shared/formats/tflite/tflite-model.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { bytesOf, rawTensor } from '../../../shared/onnx/make-tensor.ts';
import { floatValues, integerValues, readRaw } from '../../../shared/onnx/tensor-data.ts';

function tensor(type: TensorType, shape: readonly number[], bytes: Uint8Array): TfliteTensor {
  const source = memorySource(bytes);
  return {
    name: 'weights',
    type,
    shape,
    signature: [],
    data: bytes.length > 0 ? { source, offset: 0, length: bytes.length } : undefined,
    quantization: undefined,
    isVariable: false,
    sparsity: undefined,
  };
}

describe('constants', () => {
  it('stay in the file', () => {
    const bytes = bytesOf(Float32Array.of(1, 2));
    const stored = storedConstant(tensor('float32', [2], bytes));
    expect(stored.storage.kind).toBe('file');
    expect([...floatValues(stored)]).toEqual([1, 2]);
  });

  it('of four bits get a byte each, with their signs', () => {
    const stored = storedConstant(tensor('int4', [3], Uint8Array.of(0x8f, 0x07)));
    expect(stored.type).toBe('int8');
    expect(integerValues(stored)).toEqual([-1, -8, 7]);
    expect(heldType('uint4')).toBe('uint8');
  });

  it('without elements need no bytes', () => {
    expect(readRaw(storedConstant(tensor('int32', [0], new Uint8Array())))).toHaveLength(0);
  });

  it('of another length than their shape needs are broken', () => {
    expect(() => storedConstant(tensor('int32', [3], new Uint8Array(8)))).toThrow(ModelError);
  });

  it('of text or handles are not numbers', () => {
    expect(() => storedConstant(tensor('string', [1], new Uint8Array(8)))).toThrow(Unconvertible);
    expect(() => storedConstant(tensor('resource', [], new Uint8Array(4)))).toThrow(Unconvertible);
  });
});

describe('other forms', () => {
  it('float16 as float32', () => {
    const halves = rawTensor('h', 'float16', [2], bytesOf(Uint16Array.of(0x3c00, 0xc100)));
    expect([...floatValues(asFloat32(halves))]).toEqual([1, -2.5]);
  });

  it('integers of 64 bits with a scale for each slice of an axis', () => {
    const longs = rawTensor('l', 'int64', [2, 2], bytesOf(BigInt64Array.of(1n, 2n, -3n, 4n)));
    expect([...floatValues(dequantizeLong(longs, [0.5, 2], 0))]).toEqual([0.5, 1, -6, 8]);
    expect([...floatValues(dequantizeLong(longs, [0.5, 2], 1))]).toEqual([0.5, 4, -1.5, 8]);
    expect([...floatValues(dequantizeLong(longs, [0.5], 0))]).toEqual([0.5, 1, -1.5, 2]);
  });
});
