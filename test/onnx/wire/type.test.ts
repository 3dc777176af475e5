import { expect, it } from 'vitest';
import type { ValueType } from '../../../shared/onnx/model.ts';
import { readType, writeType } from '../../../shared/onnx/wire/type.ts';
import type { Message } from '../_oracle.ts';
import { encodeMessage } from '../_oracle.ts';
import { readMessage, UNKNOWN_FIELD, writtenBytes, writtenMessage } from './_messages.ts';

const floats = { elem_type: 1, shape: { dim: [{ dim_value: 2 }, { dim_param: 'n' }, {}] } };

it.each<[string, Message, ValueType]>([
  [
    'tensor',
    { tensor_type: floats },
    { kind: 'tensor', elementType: 'float32', shape: [2, 'n', null] },
  ],
  [
    'tensor of unknown rank',
    { tensor_type: { elem_type: 7 } },
    { kind: 'tensor', elementType: 'int64', shape: null },
  ],
  [
    'scalar',
    { tensor_type: { elem_type: 7, shape: {} } },
    { kind: 'tensor', elementType: 'int64', shape: [] },
  ],
  [
    'sparse tensor',
    { sparse_tensor_type: { elem_type: 11, shape: { dim: [{ dim_value: 0 }] } } },
    { kind: 'sparse-tensor', elementType: 'float64', shape: [0] },
  ],
  [
    'sequence of optionals',
    { sequence_type: { elem_type: { optional_type: { elem_type: { tensor_type: floats } } } } },
    {
      kind: 'sequence',
      element: {
        kind: 'optional',
        element: { kind: 'tensor', elementType: 'float32', shape: [2, 'n', null] },
      },
    },
  ],
  [
    'map',
    { map_type: { key_type: 7, value_type: { tensor_type: { elem_type: 8 } } } },
    {
      kind: 'map',
      key: 'int64',
      value: { kind: 'tensor', elementType: 'string', shape: null },
    },
  ],
])('%s', (_name, message, type) => {
  const read = readMessage('TypeProto', message, readType);
  expect(read).toEqual(type);
  expect(writtenMessage('TypeProto', writeType, type)).toEqual(message);
});

it('keeps denotations and unknown fields in the message that holds them', () => {
  const message = {
    tensor_type: {
      elem_type: 1,
      shape: { dim: [{ dim_value: 1, denotation: 'DATA_BATCH' }, { denotation: 'DATA_CHANNEL' }] },
    },
    denotation: 'IMAGE',
  };
  const type = readMessage('TypeProto', message, readType);
  expect(type).toMatchObject({ kind: 'tensor', shape: [1, null] });
  expect(type && writtenMessage('TypeProto', writeType, type)).toEqual(message);
});

it('keeps unknown fields of every nested message', () => {
  const nest = (field: number, content: readonly number[]): number[] => [
    field * 8 + 2,
    content.length,
    ...content,
  ];
  const dim = nest(1, [8, 3, ...UNKNOWN_FIELD]);
  const shape = nest(2, [...dim, ...UNKNOWN_FIELD]);
  const tensor = nest(1, [8, 1, ...shape, ...UNKNOWN_FIELD]);
  const sequence = nest(4, [...nest(1, tensor), ...UNKNOWN_FIELD]);
  const type = readMessage('TypeProto', {}, readType, sequence);
  expect(type).toMatchObject({ kind: 'sequence', element: { kind: 'tensor', shape: [3] } });
  expect(type && [...writtenBytes(writeType, type)]).toEqual(sequence);
});

it.each<[string, Message]>([
  ['opaque', { opaque_type: { domain: 'd', name: 'n' } }],
  ['an element type of a later schema', { tensor_type: { elem_type: 77 } }],
  ['a sequence of nothing', { sequence_type: {} }],
])('keeps %s as it is', (_name, message) => {
  const type = readMessage('TypeProto', message, readType);
  expect(type).toEqual({ kind: 'unknown', encoded: encodeMessage('TypeProto', message) });
  expect(type && writtenMessage('TypeProto', writeType, type)).toEqual(message);
});

it('knows nothing from an empty type, a negative size or an empty name', () => {
  expect(readMessage('TypeProto', {}, readType)).toBeNull();
  const shape = { dim: [{ dim_value: -1 }, { dim_param: '' }] };
  const message = { tensor_type: { elem_type: 1, shape } };
  expect(readMessage('TypeProto', message, readType)).toMatchObject({ shape: [null, null] });
});

it('refuses a size beyond 2^53', () => {
  const shape = { dim: [{ dim_value: '9007199254740993' }] };
  expect(() =>
    readMessage('TypeProto', { tensor_type: { elem_type: 1, shape } }, readType),
  ).toThrow('beyond what is exact');
});
