import { describe, expect, it } from 'vitest';
import { ModelError, UnsupportedError } from '../../../shared/base/errors.ts';
import { ELEMENT_TYPES, rawByteLength } from '../../../shared/onnx/element-type.ts';
import { computedTensor, float32Tensor } from '../../../shared/onnx/make-tensor.ts';
import type { StoredTensor } from '../../../shared/onnx/stored-tensor.ts';
import { floatValues, integerValues, readRaw } from '../../../shared/onnx/tensor-data.ts';
import { payloadLength, readTensor, writeTensor } from '../../../shared/onnx/wire/tensor.ts';
import { encodeMessage, type Message } from '../_oracle.ts';
import { readerOf, readMessage, UNKNOWN_FIELD, writtenBytes, writtenMessage } from './_messages.ts';

const read = (message: Message, more: readonly number[] = []): StoredTensor =>
  readMessage('TensorProto', { name: 't', ...message }, readTensor, more);
const write = (tensor: StoredTensor): Message => writtenMessage('TensorProto', writeTensor, tensor);

describe('read', () => {
  it.each(Object.entries(ELEMENT_TYPES).filter(([type]) => type !== 'string'))(
    '%s from raw_data, back as raw_data',
    (type, { code }) => {
      const bytes = Uint8Array.from({ length: rawByteLength(type as 'int4', 5) }, (_, i) => i + 1);
      const message = { name: 't', dims: [5], data_type: code, raw_data: bytes };
      const tensor = read(message);
      expect(tensor.type).toBe(type);
      expect([...readRaw(tensor)]).toEqual([...bytes]);
      expect(write(tensor)).toEqual({ ...message, raw_data: bytes });
    },
  );

  it('typed fields, written as raw_data', () => {
    const floats = read({ dims: [2], data_type: 1, float_data: [1.5, -2] });
    expect([...floatValues(floats)]).toEqual([1.5, -2]);
    expect(write(floats)).toEqual({
      name: 't',
      dims: [2],
      data_type: 1,
      raw_data: new Uint8Array(Float32Array.of(1.5, -2).buffer),
    });
    const shorts = read({ dims: [3], data_type: 5, int32_data: [-1, 2, 300] });
    expect(integerValues(shorts)).toEqual([-1, 2, 300]);
    expect(write(shorts).raw_data).toEqual(new Uint8Array(Int16Array.of(-1, 2, 300).buffer));
    const unsigned = read({ dims: [1], data_type: 12, uint64_data: [4294967295] });
    expect(integerValues(unsigned)).toEqual([4294967295]);
    const nibbles = read({ dims: [3], data_type: 22, int32_data: [0x21, 0x0f] });
    expect(integerValues(nibbles)).toEqual([1, 2, -1]);
  });

  it('strings', () => {
    const strings = read({
      dims: [2],
      data_type: 8,
      string_data: [Uint8Array.of(195, 164), Uint8Array.of(98)],
    });
    expect(strings.storage).toEqual({
      kind: 'strings',
      values: [Uint8Array.of(195, 164), Uint8Array.of(98)],
    });
    expect(write(strings).string_data).toEqual([Uint8Array.of(195, 164), Uint8Array.of(98)]);
  });

  it('scalars and empty tensors', () => {
    expect(read({ data_type: 1, raw_data: new Uint8Array(4) }).dims).toEqual([]);
    expect(readRaw(read({ dims: [0, 7], data_type: 1 }))).toHaveLength(0);
  });

  it('doc string, metadata and unknown fields, and gives them back', () => {
    const message = {
      name: 't',
      dims: [1],
      data_type: 3,
      raw_data: Uint8Array.of(7),
      doc_string: 'seven',
      metadata_props: [{ key: 'k', value: 'v' }],
    };
    const tensor = read(message, UNKNOWN_FIELD);
    expect(tensor.docString).toBe('seven');
    expect(tensor.metadata).toEqual(new Map([['k', 'v']]));
    expect(write(tensor)).toEqual(message);
    expect([...writtenBytes(writeTensor, tensor).slice(-6)]).toEqual([...UNKNOWN_FIELD]);
  });
});

describe('refuses', () => {
  const f32 = (parts: Message): Message => ({ data_type: 1, ...parts });
  const four = new Uint8Array(4);
  it.each<[string, Message, string]>([
    ['too few bytes', f32({ dims: [2], raw_data: four }), 'holds 4 bytes'],
    ['too many bytes', f32({ dims: [], raw_data: new Uint8Array(8) }), 'holds 8 bytes'],
    ['no bytes', f32({ dims: [2] }), 'holds 0 bytes'],
    ['too few floats', f32({ dims: [3], float_data: [1, 2] }), 'holds 8 bytes'],
    ['too many varints', { dims: [1], data_type: 2, int32_data: new Array(11).fill(1) }, 'holds'],
    ['too few varints', { dims: [9], data_type: 7, int64_data: [1] }, 'holds 1 bytes of int64'],
    ['a negative dim', f32({ dims: [-1] }), 'impossible dims'],
    ['dims whose product is inexact', f32({ dims: [2 ** 40, 2 ** 40] }), 'impossible dims'],
    ['the same hidden by a zero', f32({ dims: [2 ** 40, 2 ** 40, 0] }), 'impossible dims'],
    ['a dim beyond 2^53', f32({ dims: ['9223372036854775807'] }), 'beyond what is exact'],
    ['300 dims', f32({ dims: new Array(300).fill(1), raw_data: four }), '300 dims'],
    ['values twice', f32({ dims: [1], raw_data: four, float_data: [1] }), 'its values twice'],
    [
      'values in two typed fields',
      { dims: [1], data_type: 6, int32_data: [1], int64_data: [1] },
      'two typed fields',
    ],
    ['a field of another type', f32({ dims: [1], int64_data: [1] }), 'has values in int64_data'],
    ['strings in floats', f32({ string_data: [four] }), 'holds strings'],
    ['bytes in strings', { dims: [1], data_type: 8, raw_data: four }, 'does not hold 1 strings'],
    ['too few strings', { dims: [2], data_type: 8, string_data: [four] }, 'does not hold 2'],
    ['no type', { raw_data: four }, 'no element type'],
    ['an unknown place', f32({ data_location: 2, raw_data: four }), 'data location 2'],
    [
      'an external file, in memory',
      f32({ data_location: 1, external_data: [{ key: 'location', value: 'w' }] }),
      'was not read from a folder',
    ],
  ])('%s', (_name, message, said) => {
    expect(() => read(message)).toThrow(ModelError);
    expect(() => read(message)).toThrow(said);
  });

  it.each<[string, Message]>([
    ['segments', { data_type: 1, segment: { begin: 0, end: 1 } }],
    ['a type of a later schema', { data_type: 99, raw_data: four }],
  ])('%s, as unsupported', (_name, message) => {
    expect(() => read(message)).toThrow(UnsupportedError);
  });
});

describe('write', () => {
  it('computes values when their turn comes, once', () => {
    let calls = 0;
    const tensor = computedTensor('c', 'uint8', [3], () => {
      calls++;
      return Uint8Array.of(1, 2, 3);
    });
    expect(write(tensor).raw_data).toEqual(Uint8Array.of(1, 2, 3));
    expect(calls).toBe(1);
  });

  it('is a defect of ours when computed values have another length', () => {
    const tensor = computedTensor('c', 'uint8', [3], () => new Uint8Array(2));
    expect(() => write(tensor)).toThrow("'c' gave 2 bytes, 3 were announced");
  });

  it('tells where the values are when they are outside', () => {
    const tensor = float32Tensor('w', [2], [1, 2]);
    const place = { location: 'm.data', offset: 64, length: 8 };
    expect(writtenMessage('TensorProto', writeTensor, tensor, () => place)).toEqual({
      name: 'w',
      dims: [2],
      data_type: 1,
      external_data: [
        { key: 'location', value: 'm.data' },
        { key: 'offset', value: '64' },
        { key: 'length', value: '8' },
      ],
      data_location: 1,
    });
  });

  it('counts what typed fields will become', () => {
    expect(payloadLength(read({ dims: [3], data_type: 5, int32_data: [1, 2, 3] }))).toBe(6);
  });
});

it('reads values that come one by one, as old writers put them', () => {
  const bytes = encodeMessage('TensorProto', { dims: [3], data_type: 1, name: 't' });
  const element = (value: number): number[] => {
    const raw = Buffer.alloc(4);
    raw.writeFloatLE(value);
    return [0x25, ...raw];
  };
  const packed = [0x22, 4, ...new Uint8Array(Float32Array.of(2).buffer)];
  const tensor = readTensor(readerOf([...bytes, ...element(1), ...packed, ...element(3)]));
  expect([...floatValues(tensor)]).toEqual([1, 2, 3]);
});
