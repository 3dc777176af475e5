/** The part of the SQS API that sends, receives and looks at queues. */
import { z } from 'zod';
import { ApiError, type Operation, startJsonApi } from '../json-api.ts';
import type { Queue } from './queue.ts';

export interface QueuesOptions {
  readonly queues: readonly Queue[];
  readonly port?: number;
}

export interface QueuesEmulator extends AsyncDisposable {
  readonly endpoint: string;
  /** What clients name a queue by. */
  url(queue: Queue): string;
  close(): Promise<void>;
}

/** Serves the queues. */
export async function startQueues({ queues, port }: QueuesOptions): Promise<QueuesEmulator> {
  const urlOf = (queue: Queue): string =>
    `${api.endpoint}/${queue.arn.split(':')[4]}/${queue.name}`;
  const api = await startJsonApi({
    operations: queueOperations(queues, urlOf),
    ...(port !== undefined && { port }),
  });
  const { endpoint, close } = api;
  return { endpoint, close, url: urlOf, [Symbol.asyncDispose]: close };
}

const address = { QueueUrl: z.string() };

function queueOperations(
  queues: readonly Queue[],
  urlOf: (queue: Queue) => string,
): Readonly<Record<string, Operation>> {
  const named = (url: string): Queue => {
    const queue = queues.find(({ name }) => name === url.split('/').at(-1));
    if (queue) return queue;
    throw new ApiError('QueueDoesNotExist', 'The specified queue does not exist.');
  };
  return {
    ListQueues: () => ({ QueueUrls: queues.map(urlOf) }),
    GetQueueUrl: (input) => ({
      QueueUrl: urlOf(named(z.object({ QueueName: z.string() }).parse(input).QueueName)),
    }),
    SendMessage: (input) => {
      const schema = z.object({
        ...address,
        MessageBody: z.string(),
        DelaySeconds: z.int().min(0).max(900).optional(),
      });
      const { QueueUrl, MessageBody, DelaySeconds } = schema.parse(input);
      const { messageId, md5 } = named(QueueUrl).send(MessageBody, DelaySeconds);
      return { MessageId: messageId, MD5OfMessageBody: md5 };
    },
    ReceiveMessage: async (input) => {
      const schema = z.object({
        ...address,
        MaxNumberOfMessages: z.int().min(1).max(10).default(1),
        WaitTimeSeconds: z.int().min(0).max(20).default(0),
        VisibilityTimeout: z.int().min(0).optional(),
      });
      const { QueueUrl, MaxNumberOfMessages, WaitTimeSeconds, VisibilityTimeout } =
        schema.parse(input);
      const received = await named(QueueUrl).receive({
        max: MaxNumberOfMessages,
        waitSeconds: WaitTimeSeconds,
        ...(VisibilityTimeout !== undefined && { visibilityTimeout: VisibilityTimeout }),
      });
      const Messages = received.map(({ message, receiptHandle }) => ({
        MessageId: message.messageId,
        ReceiptHandle: receiptHandle,
        MD5OfBody: message.md5,
        Body: message.body,
      }));
      return Messages.length === 0 ? {} : { Messages };
    },
    DeleteMessage: (input) => {
      const { QueueUrl, ReceiptHandle } = z
        .object({ ...address, ReceiptHandle: z.string() })
        .parse(input);
      named(QueueUrl).delete(ReceiptHandle);
      return {};
    },
    GetQueueAttributes: (input) => {
      const queue = named(z.object(address).parse(input).QueueUrl);
      const { visible, invisible } = queue.counts;
      const Attributes = {
        QueueArn: queue.arn,
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(invisible),
        VisibilityTimeout: String(queue.visibilityTimeout),
      };
      return { Attributes };
    },
  };
}
