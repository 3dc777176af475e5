/** Messages as SQS gives them to a function. */
import type { SQSEvent, SQSRecord } from 'aws-lambda';

/** One call with these messages, whose ids are their places. */
export const queueEvent = (bodies: readonly string[]): SQSEvent => ({
  Records: bodies.map(record),
});

const record = (body: string, index: number): SQSRecord => ({
  messageId: String(index),
  receiptHandle: '',
  body,
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '0',
    SenderId: '',
    ApproximateFirstReceiveTimestamp: '0',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:uploads',
  awsRegion: 'us-east-1',
});
