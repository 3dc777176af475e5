import { expect, it } from 'vitest';
import { ModelError } from '../../shared/base/errors.ts';
import { toFloat16Bits } from '../../shared/base/float16.ts';
import { memorySource } from '../../shared/onnx/byte-source.ts';
import type { ElementType } from '../../shared/onnx/element-type.ts';
import type { PackedField, StoredTensor } from '../../shared/onnx/stored-tensor.ts';
import { floatValues, integerValues, readRaw, tensorOf } from '../../shared/onnx/tensor-data.ts';

const packed = (
  type: ElementType,
  dims: number[],
  field: PackedField,
  bytes: number[],
): StoredTensor => {
  const range = { source: memorySource(Uint8Array.from(bytes)), offset: 0, length: bytes.length };
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

it('refuses unterminated varints and dims that no file could fill', () => {
  expect(() => readRaw(packed('int32', [1], 'int32_data', [0x80]))).toThrow(/broken varint/);
  expect(() => readRaw(packed('int64', [1e12], 'int64_data', [1]))).toThrow(ModelError);
});

it('packs the entries of six-bit types four in three bytes', () => {
  const raw = readRaw(packed('float6e2m3', [5], 'int32_data', [1, 2, 3, 63, 5]));
  expect([...raw]).toEqual([0b10_000001, 0b0011_0000, 0b111111_00, 5]);
});
