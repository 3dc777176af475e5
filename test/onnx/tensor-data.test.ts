import { describe, expect, it } from 'vitest';
import { ModelError, UnsupportedError } from '../../shared/base/errors.ts';
import { toBfloat16Bits } from '../../shared/base/float16.ts';
import { memorySource } from '../../shared/onnx/byte-source.ts';
import {
  bytesOf,
  computedTensor,
  filledTensor,
  float32Tensor,
  int64Tensor,
  rawTensor,
  storeTensor,
} from '../../shared/onnx/make-tensor.ts';
import type { StoredTensor } from '../../shared/onnx/stored-tensor.ts';
import {
  floatValues,
  integerValues,
  lookAtRaw,
  readRaw,
  stringValues,
  tensorOf,
} from '../../shared/onnx/tensor-data.ts';

describe('tensor data', () => {
  it('refuses raw bytes of another length', () => {
    const short: StoredTensor = {
      name: 't',
      type: 'float32',
      dims: [2],
      storage: { kind: 'memory', bytes: new Uint8Array(4) },
    };
    expect(() => readRaw(short)).toThrow(/'t' holds 4 bytes: float32 \[2\] needs 8/);
  });

  it('lends the bytes of a file, and those of other tensors as they are', () => {
    const source = memorySource(Uint8Array.from({ length: 8 }, (_, at) => at));
    const inFile = (offset: number, length = 4): StoredTensor => ({
      name: 't',
      type: 'uint8',
      dims: [4],
      storage: { kind: 'file', range: { source, offset, length } },
    });
    const lent = lookAtRaw(inFile(2), (raw) => {
      expect([...raw]).toEqual([2, 3, 4, 5]);
      return raw;
    });
    // The same memory: what is kept of it is overwritten.
    lookAtRaw(inFile(4), () => {});
    expect([...lent]).toEqual([4, 5, 6, 7]);
    expect(() => lookAtRaw(inFile(0, 3), () => {})).toThrow(ModelError);
    const bytes = Uint8Array.of(9);
    expect(lookAtRaw(rawTensor('t', 'uint8', [1], bytes), (raw) => raw)).toBe(bytes);
  });

  it('lends bytes that can be written into given memory, and others meanwhile', () => {
    const filled = (value: number) =>
      filledTensor('t', 'uint8', [4], (target) => void target.fill(value));
    const lent = lookAtRaw(filled(1), (outer) => {
      expect(lookAtRaw(filled(2), (inner) => [...inner])).toEqual([2, 2, 2, 2]);
      expect([...outer]).toEqual([1, 1, 1, 1]);
      return outer;
    });
    const broken = filledTensor('t', 'uint8', [4], () => {
      throw new ModelError('broken');
    });
    expect(() => lookAtRaw(broken, () => {})).toThrow('broken');
    lookAtRaw(filled(3), () => {});
    expect([...lent]).toEqual([3, 3, 3, 3]);
    // Of its own again.
    expect([...readRaw(filled(4)), ...lent]).toEqual([4, 4, 4, 4, 3, 3, 3, 3]);
  });

  it('gives bfloat16 as values', () => {
    expect(
      floatValues(rawTensor('t', 'bfloat16', [1], bytesOf(Uint16Array.of(toBfloat16Bits(3))))),
    ).toEqual(Float32Array.of(3));
  });

  it('unpacks sub-byte integers low bits first', () => {
    expect(integerValues(rawTensor('t', 'uint4', [3], Uint8Array.of(0x21, 0x0f)))).toEqual([
      1, 2, 15,
    ]);
    expect(integerValues(rawTensor('t', 'int2', [4], Uint8Array.of(0b11_10_01_00)))).toEqual([
      0, 1, -2, -1,
    ]);
  });

  it('reads unaligned bytes, strings and computed tensors', () => {
    const bytes = new Uint8Array(9).subarray(1);
    bytes.set(bytesOf(Float32Array.of(1, 2)));
    expect(floatValues(rawTensor('t', 'float32', [2], bytes))).toEqual(Float32Array.of(1, 2));
    expect(stringValues(storeTensor('t', { type: 'string', dims: [2], data: ['ä', ''] }))).toEqual([
      'ä',
      '',
    ]);
    expect(integerValues(computedTensor('t', 'uint8', [2], () => Uint8Array.of(4, 5)))).toEqual([
      4, 5,
    ]);
  });

  it('refuses questions that the type cannot answer', () => {
    expect(() => floatValues(int64Tensor('t', [1], [1]))).toThrow(UnsupportedError);
    expect(() => integerValues(float32Tensor('t', [1], [1]))).toThrow(UnsupportedError);
    expect(() => tensorOf(rawTensor('t', 'int4', [2], Uint8Array.of(1)))).toThrow(UnsupportedError);
    const big = rawTensor('t', 'int64', [1], bytesOf(BigInt64Array.of(2n ** 60n + 1n)));
    expect(() => integerValues(big)).toThrow(ModelError);
  });
});
