import { afterAll, beforeAll, expect, it } from 'vitest';
import { Queue } from './queue.ts';
import { type QueuesEmulator, startQueues } from './start-queues.ts';

const queue = new Queue({ arn: 'arn:aws:sqs:us-east-1:123456789012:jobs' });
let emulator: QueuesEmulator;

beforeAll(async () => {
  emulator = await startQueues({ queues: [queue] });
});
afterAll(() => emulator.close());

/** As the SDK and the command line speak to SQS. */
async function call(operation: string, input: object): Promise<[number, object]> {
  const response = await fetch(emulator.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${operation}`,
    },
    body: JSON.stringify(input),
  });
  return [response.status, Object(await response.json())];
}

it('sends, counts, receives and deletes', async () => {
  const QueueUrl = emulator.url(queue);
  expect(await call('GetQueueUrl', { QueueName: 'jobs' })).toEqual([200, { QueueUrl }]);
  expect(await call('ListQueues', {})).toEqual([200, { QueueUrls: [QueueUrl] }]);
  const [, sent] = await call('SendMessage', { QueueUrl, MessageBody: 'a' });
  expect(sent).toMatchObject({ MD5OfMessageBody: '0cc175b9c0f1b6a831c399e269772661' });
  const count = async () =>
    (await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] }))[1];
  expect(await count()).toMatchObject({ Attributes: { ApproximateNumberOfMessages: '1' } });
  const [, received] = await call('ReceiveMessage', { QueueUrl });
  expect(received).toMatchObject({ Messages: [{ Body: 'a' }] });
  expect(await count()).toMatchObject({
    Attributes: { ApproximateNumberOfMessagesNotVisible: '1' },
  });
  const { ReceiptHandle } = Object(Object(received).Messages[0]);
  expect(await call('DeleteMessage', { QueueUrl, ReceiptHandle })).toEqual([200, {}]);
  expect(queue.counts).toEqual({ visible: 0, invisible: 0 });
  expect(await call('ReceiveMessage', { QueueUrl })).toEqual([200, {}]);
});

it.each([
  ['SendMessage', { QueueUrl: 'http://x/none', MessageBody: 'a' }, 'QueueDoesNotExist'],
  ['SendMessage', { QueueUrl: 'http://x/jobs' }, 'ValidationException'],
  ['PurgeQueue', {}, 'UnknownOperationException'],
])('refuses %s of %j', async (operation, input, type) => {
  expect(await call(operation, input)).toEqual([
    400,
    { __type: type, message: expect.any(String) },
  ]);
});
