import { expect, it } from 'vitest';
import { readFunction, writeFunction } from '../../../shared/onnx/wire/function.ts';
import { readMessage, UNKNOWN_FIELD, writtenBytes, writtenMessage } from './_messages.ts';

it('gives back what it read', () => {
  const message = {
    name: 'Gelu',
    input: ['x'],
    output: ['y'],
    attribute: ['alpha'],
    node: [
      {
        op_type: 'Elu',
        input: ['x'],
        output: ['y'],
        attribute: [{ name: 'alpha', ref_attr_name: 'alpha', type: 1 }],
      },
    ],
    doc_string: 'not really',
    opset_import: [{ domain: '', version: 18 }],
    domain: 'com.example',
    attribute_proto: [{ name: 'beta', f: 2, type: 1 }],
    value_info: [{ name: 'y' }],
    overload: 'o',
    metadata_props: [{ key: 'k', value: 'v' }],
  };
  const definition = readMessage('FunctionProto', message, readFunction, UNKNOWN_FIELD);
  expect(definition).toMatchObject({ name: 'Gelu', overload: 'o', opsets: new Map([['', 18]]) });
  expect(writtenMessage('FunctionProto', writeFunction, definition)).toEqual(message);
  expect([...writtenBytes(writeFunction, definition).slice(-6)]).toEqual([...UNKNOWN_FIELD]);
});
