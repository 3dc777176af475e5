import { describe, expect, it } from 'vitest';
import { ModelError, UnsupportedError } from '../../shared/base/errors.ts';
import { toBfloat16Bits, toFloat16Bits } from '../../shared/base/float16.ts';
import type { ElementType } from '../../shared/onnx/element-type.ts';
import {
  bytesOf,
  computedTensor,
  float32Tensor,
  int64Tensor,
  rawTensor,
  storeTensor,
} from '../../shared/onnx/make-tensor.ts';
import type { ByteSource, PackedField, StoredTensor } from '../../shared/onnx/stored-tensor.ts';
import {
  floatValues,
  integerValues,
  readRaw,
  stringValues,
  tensorOf,
} from '../../shared/onnx/tensor-data.ts';

const source = (bytes: Uint8Array): ByteSource => ({
  name: 'test',
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
  close: () => {},
});

const packed = (
  type: ElementType,
  dims: number[],
  field: PackedField,
  bytes: number[],
): StoredTensor => {
  const range = { source: source(Uint8Array.from(bytes)), offset: 0, length: bytes.length };
  return { name: 't', type, dims, storage: { kind: 'packed', field, ranges: [range] } };
};

/** A varint as protobuf writes an int32: negative numbers take ten bytes. */
const varint = (value: bigint): number[] => {
  const out: number[] = [];
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    out.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    if (rest <= 127n) return out;
  }
};

describe('tensor data', () => {
  it('decodes varint fields by what an entry holds', () => {
    const int32 = [-1n, 5n, -(2n ** 31n)].flatMap(varint);
    expect(integerValues(packed('int32', [3], 'int32_data', int32))).toEqual([-1, 5, -(2 ** 31)]);
    expect(integerValues(packed('int8', [2], 'int32_data', [-7n, 127n].flatMap(varint)))).toEqual([
      -7, 127,
    ]);
    expect(
      floatValues(packed('float16', [1], 'int32_data', varint(BigInt(toFloat16Bits(-1.5))))),
    ).toEqual(Float32Array.of(-1.5));
    expect(
      integerValues(packed('int4', [3], 'int32_data', varint(0x8fn).concat(varint(7n)))),
    ).toEqual([-1, -8, 7]);
    expect(integerValues(packed('uint32', [1], 'uint64_data', varint(4294967295n)))).toEqual([
      4294967295,
    ]);
    const large = -(2n ** 62n);
    expect(tensorOf(packed('int64', [1], 'int64_data', varint(large))).data).toEqual(
      BigInt64Array.of(large),
    );
  });

  it.each([
    ['fewer', [1n]],
    ['more', [1n, 2n, 3n]],
  ])('refuses %s elements than dims say', (_, values) => {
    expect(() => readRaw(packed('int32', [2], 'int32_data', values.flatMap(varint)))).toThrow(
      ModelError,
    );
  });

  it('refuses raw bytes of another length, unterminated varints and dims that no file could fill', () => {
    const short: StoredTensor = {
      name: 't',
      type: 'float32',
      dims: [2],
      storage: { kind: 'memory', bytes: new Uint8Array(4) },
    };
    expect(() => readRaw(short)).toThrow(/'t' holds 4 bytes: float32 \[2\] needs 8/);
    expect(() => readRaw(packed('int32', [1], 'int32_data', [0x80]))).toThrow(/broken varint/);
    expect(() => readRaw(packed('int64', [1e12], 'int64_data', [1]))).toThrow(ModelError);
  });

  it('gives small floats as values', () => {
    expect(
      floatValues(rawTensor('t', 'bfloat16', [1], bytesOf(Uint16Array.of(toBfloat16Bits(3))))),
    ).toEqual(Float32Array.of(3));
    expect([
      ...floatValues(rawTensor('t', 'float8e4m3fn', [4], Uint8Array.of(0x38, 0x7e, 0x01, 0x7f))),
    ]).toEqual([1, 448, 2 ** -9, Number.NaN]);
    expect([
      ...floatValues(rawTensor('t', 'float8e5m2', [3], Uint8Array.of(0x3c, 0x7b, 0xfc))),
    ]).toEqual([1, 57344, Number.NEGATIVE_INFINITY]);
    expect([...floatValues(rawTensor('t', 'float4e2m1', [3], Uint8Array.of(0xf1, 0x02)))]).toEqual([
      0.5, -6, 1,
    ]);
    expect([...floatValues(rawTensor('t', 'float8e8m0', [2], Uint8Array.of(127, 130)))]).toEqual([
      1, 8,
    ]);
    expect([
      ...floatValues(rawTensor('t', 'float8e4m3fnuz', [2], Uint8Array.of(0x80, 0x40))),
    ]).toEqual([Number.NaN, 1]);
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
