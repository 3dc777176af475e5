import { expect, it } from 'vitest';
import { readValueInfo, writeValueInfo } from '../../../shared/onnx/wire/value-info.ts';
import { readMessage, UNKNOWN_FIELD, writtenBytes, writtenMessage } from './_messages.ts';

it('gives back what it read', () => {
  const message = {
    name: 'x',
    type: { tensor_type: { elem_type: 1 } },
    doc_string: 'an input',
    metadata_props: [{ key: 'k', value: 'v' }],
  };
  const info = readMessage('ValueInfoProto', message, readValueInfo, UNKNOWN_FIELD);
  expect(info).toMatchObject({
    name: 'x',
    type: { kind: 'tensor', elementType: 'float32', shape: null },
    docString: 'an input',
    metadata: new Map([['k', 'v']]),
  });
  expect(writtenMessage('ValueInfoProto', writeValueInfo, info)).toEqual(message);
  expect([...writtenBytes(writeValueInfo, info).slice(-6)]).toEqual([...UNKNOWN_FIELD]);
});

it('needs no more than a name', () => {
  const info = readMessage('ValueInfoProto', { name: 'x' }, readValueInfo);
  expect(info).toEqual({ name: 'x', type: null });
});
