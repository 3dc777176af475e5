import { expect, it } from 'vitest';
import { readNode, writeNode } from '../../../shared/onnx/wire/node.ts';
import { readMessage, UNKNOWN_FIELD, writtenBytes, writtenMessage } from './_messages.ts';

const message = {
  input: ['x', '', 'z'],
  output: ['y'],
  name: 'n',
  op_type: 'Clip',
  attribute: [
    { name: 'b', i: 1, type: 2 },
    { name: 'a', f: 2, type: 1 },
  ],
  doc_string: 'clips',
  domain: 'com.example',
  overload: 'o',
  metadata_props: [{ key: 'k', value: 'v' }],
};

it('gives back what it read', () => {
  const node = readMessage('NodeProto', message, readNode, UNKNOWN_FIELD);
  expect(node).toMatchObject({
    opType: 'Clip',
    domain: 'com.example',
    name: 'n',
    inputs: ['x', '', 'z'],
    outputs: ['y'],
    overload: 'o',
    docString: 'clips',
  });
  expect([...node.attributes.keys()]).toEqual(['b', 'a']);
  expect(writtenMessage('NodeProto', writeNode, node)).toEqual(message);
  expect([...writtenBytes(writeNode, node).slice(-6)]).toEqual([...UNKNOWN_FIELD]);
});

it('has one name for ai.onnx', () => {
  const node = readMessage('NodeProto', { op_type: 'Relu', domain: 'ai.onnx' }, readNode);
  expect(node).toEqual({
    opType: 'Relu',
    domain: '',
    name: '',
    inputs: [],
    outputs: [],
    attributes: new Map(),
  });
});

it('keeps device configurations, which it does not know, as they are', () => {
  const devices = { op_type: 'Relu', device_configurations: [{ configuration_id: 'c' }] };
  const node = readMessage('NodeProto', devices, readNode);
  expect(writtenMessage('NodeProto', writeNode, node)).toEqual(devices);
});

it('refuses an attribute that comes twice', () => {
  const attribute = [message.attribute[0], message.attribute[0]];
  expect(() => readMessage('NodeProto', { op_type: 'Clip', attribute }, readNode)).toThrow(
    "the attribute 'b' twice",
  );
});
