import { expect, test } from 'vitest';
import { uploadsOf } from '../../../functions/ingest/uploads-of.ts';

const TIME = '2026-11-28T20:00:00Z';

const bridged = (object: object, type = 'Object Created') =>
  JSON.stringify({
    version: '0',
    'detail-type': type,
    source: 'aws.s3',
    time: TIME,
    detail: { bucket: { name: 'inbox' }, object },
  });

const notified = (object: object, eventName = 'ObjectCreated:Put') =>
  JSON.stringify({
    Records: [{ eventName, eventTime: TIME, s3: { bucket: { name: 'inbox' }, object } }],
  });

const upload = (key: string, mark: string) => ({ bucket: 'inbox', key, time: TIME, mark });

test.each<[string, string, ReturnType<typeof upload>[]]>([
  [
    'of EventBridge, whose keys are as they are',
    bridged({ key: 'a+b%20c.onnx', sequencer: '01', etag: 'e' }),
    [upload('a+b%20c.onnx', '01')],
  ],
  [
    'of EventBridge, without a sequencer',
    bridged({ key: 'a', 'version-id': 'v' }),
    [upload('a', 'v')],
  ],
  ['of EventBridge, by etag alone', bridged({ key: 'a', etag: 'e' }), [upload('a', 'e')]],
  ['of EventBridge, a deletion', bridged({ key: 'a' }, 'Object Deleted'), []],
  [
    'of S3, whose keys are encoded',
    notified({ key: 'm%C3%B6del+1%2B2.onnx', sequencer: '02' }),
    [upload('mödel 1+2.onnx', '02')],
  ],
  [
    'of S3, with a key that nothing encodes to',
    notified({ key: '100%', eTag: 'e' }),
    [upload('100%', 'e')],
  ],
  ['of S3, a deletion', notified({ key: 'a' }, 'ObjectRemoved:Delete'), []],
  ['of S3, when it is set up', '{"Service":"Amazon S3","Event":"s3:TestEvent"}', []],
])('a message %s', (_, body, expected) => {
  expect(uploadsOf(body)).toEqual(expected);
});

test.each(['', 'text', '{}', '[]', 'null', '{"detail-type":"Object Created"}', '{"Records":[{}]}'])(
  '%j is no message of S3',
  (body) => {
    expect(() => uploadsOf(body)).toThrow();
  },
);
