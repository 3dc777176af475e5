import { expect, it } from 'vitest';
import { readModelMessage, writeModelMessage } from '../../../shared/onnx/wire/model.ts';
import { readMessage, UNKNOWN_FIELD, writtenBytes, writtenMessage } from './_messages.ts';

const message = {
  ir_version: 14,
  producer_name: 'p',
  producer_version: '1',
  domain: 'd',
  model_version: 3,
  doc_string: 'doc',
  graph: { name: 'g' },
  opset_import: [{ domain: '', version: 26 }],
  metadata_props: [{ key: 'k', value: 'v' }],
  functions: [{ name: 'F', domain: 'com.example' }],
};

it('gives back what it read', () => {
  const model = readMessage('ModelProto', message, readModelMessage, UNKNOWN_FIELD);
  expect(model).toMatchObject({ irVersion: 14, modelVersion: 3, docString: 'doc' });
  expect(writtenMessage('ModelProto', writeModelMessage, model)).toEqual(message);
  expect([...writtenBytes(writeModelMessage, model).slice(-6)]).toEqual([...UNKNOWN_FIELD]);
});

it('reads later versions, and keeps what it does not know of them', () => {
  const later = {
    ...message,
    ir_version: 99,
    training_info: [{ algorithm: { name: 'train' } }],
    configuration: [{ name: 'two', num_devices: 2 }],
  };
  const model = readMessage('ModelProto', later, readModelMessage);
  expect(model.irVersion).toBe(99);
  expect(writtenMessage('ModelProto', writeModelMessage, model)).toEqual(later);
});

it('keeps a model version beyond 2^53 exact', () => {
  const model = readMessage(
    'ModelProto',
    { ...message, model_version: '9223372036854775807' },
    readModelMessage,
  );
  expect(model.modelVersion).toBe(2n ** 63n - 1n);
});

it('is of operator set 1 when it says none', () => {
  const model = readMessage('ModelProto', { graph: {} }, readModelMessage);
  expect(model.opsets).toEqual(new Map([['', 1]]));
});

it('wants one graph', () => {
  expect(() => readMessage('ModelProto', { ir_version: 8 }, readModelMessage)).toThrow('no graph');
  const second = [0x3a, 0];
  expect(() => readMessage('ModelProto', message, readModelMessage, second)).toThrow('two graphs');
});
