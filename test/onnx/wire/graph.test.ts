import { expect, it } from 'vitest';
import { readGraph, writeGraph } from '../../../shared/onnx/wire/graph.ts';
import { readMessage, UNKNOWN_FIELD, writtenBytes, writtenMessage } from './_messages.ts';

const tensor = { name: 'w', data_type: 3, dims: [1], raw_data: Uint8Array.of(1) };
const indices = { data_type: 7, dims: [1], raw_data: new Uint8Array(8).fill(1) };
const message = {
  node: [{ op_type: 'Add', input: ['x', 'w'], output: ['y'] }],
  name: 'g',
  initializer: [tensor],
  doc_string: 'adds',
  input: [{ name: 'x' }],
  output: [{ name: 'y' }],
  value_info: [{ name: 'z', type: { tensor_type: { elem_type: 1 } } }],
  sparse_initializer: [{ values: { ...tensor, name: 's' }, indices, dims: [2] }],
  metadata_props: [{ key: 'k', value: 'v' }],
};

it('gives back what it read', () => {
  const graph = readMessage('GraphProto', message, readGraph, UNKNOWN_FIELD);
  expect([...graph.initializers.keys()]).toEqual(['w']);
  expect([...graph.valueInfo.keys()]).toEqual(['z']);
  expect(writtenMessage('GraphProto', writeGraph, graph)).toEqual(message);
  expect([...writtenBytes(writeGraph, graph).slice(-6)]).toEqual([...UNKNOWN_FIELD]);
});

it('keeps quantization annotations, which it does not know, as they are', () => {
  const annotated = { quantization_annotation: [{ tensor_name: 'w' }] };
  const graph = readMessage('GraphProto', annotated, readGraph);
  expect(writtenMessage('GraphProto', writeGraph, graph)).toEqual(annotated);
});

it('refuses an initializer that is defined twice; of value types the last counts', () => {
  expect(() => readMessage('GraphProto', { initializer: [tensor, tensor] }, readGraph)).toThrow(
    "'w' is defined twice",
  );
  const twice = {
    value_info: [
      { name: 'z', doc_string: 'old' },
      { name: 'z', doc_string: 'new' },
    ],
  };
  expect(readMessage('GraphProto', twice, readGraph).valueInfo.get('z')?.docString).toBe('new');
});
