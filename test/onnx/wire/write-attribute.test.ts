import { expect, it } from 'vitest';
import { readAttribute } from '../../../shared/onnx/wire/read-attribute.ts';
import { writeAttribute } from '../../../shared/onnx/wire/write-attribute.ts';
import type { Message } from '../_oracle.ts';
import { readMessage, UNKNOWN_FIELD, writtenBytes, writtenMessage } from './_messages.ts';

const bytes = Uint8Array.of(1);
const tensor = { data_type: 3, dims: [1], raw_data: bytes };
const sparse = {
  values: tensor,
  indices: { ...tensor, data_type: 7, raw_data: new Uint8Array(8).fill(1) },
  dims: [2],
};
const graph = { node: [{ op_type: 'Relu', input: ['x'], output: ['y'] }], name: 'body' };
const type = { tensor_type: { elem_type: 1 } };

it.each<[string, Message]>([
  ['float', { f: 1.5, type: 1 }],
  ['int', { i: -3, type: 2 }],
  ['string', { s: bytes, type: 3 }],
  ['tensor', { t: tensor, type: 4 }],
  ['graph', { g: graph, type: 5 }],
  ['floats', { floats: [1, -0.5], type: 6 }],
  ['ints', { ints: [1, -2], type: 7 }],
  ['strings', { strings: [bytes, bytes], type: 8 }],
  ['tensors', { tensors: [tensor, tensor], type: 9 }],
  ['graphs', { graphs: [graph, graph], type: 10 }],
  ['sparse tensor', { sparse_tensor: sparse, type: 11 }],
  ['sparse tensors', { sparse_tensors: [sparse], type: 12 }],
  ['type', { tp: type, type: 13 }],
  ['types', { type_protos: [type, type], type: 14 }],
  ['reference', { ref_attr_name: 'outer', type: 6 }],
  ['doc string', { i: 1, type: 2, doc_string: 'one' }],
])('%s: gives back what was read', (_name, parts) => {
  const message = { name: 'a', ...parts };
  const attribute = readMessage('AttributeProto', message, readAttribute);
  expect(writtenMessage('AttributeProto', writeAttribute, attribute)).toEqual(message);
});

it('gives back unknown fields', () => {
  const message = { name: 'a', i: 1, type: 2 };
  const attribute = readMessage('AttributeProto', message, readAttribute, UNKNOWN_FIELD);
  expect([...writtenBytes(writeAttribute, attribute).slice(-6)]).toEqual([...UNKNOWN_FIELD]);
});
