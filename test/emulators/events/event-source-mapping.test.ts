import { afterEach, describe, expect, it } from 'vitest';
import { isJsonObject, type Json } from '../states/json.ts';
import { EventSourceMapping, type MappingOptions } from './event-source-mapping.ts';
import { Queue } from './queue.ts';

const arn = 'arn:aws:sqs:us-east-1:123456789012:';
let dead: Queue;
let jobs: Queue;
let mapping: EventSourceMapping;

function start(options: Omit<MappingOptions, 'queue'>, ...sent: readonly string[]): void {
  dead = new Queue({ arn: `${arn}dead` });
  jobs = new Queue({ arn: `${arn}jobs`, deadLetter: { queue: dead, maxReceiveCount: 3 } });
  for (const body of sent) jobs.send(body);
  mapping = new EventSourceMapping({ queue: jobs, retryDelay: 0, ...options });
}

afterEach(() => mapping.stop());

const recordsOf = (event: Json): readonly { readonly [key: string]: Json }[] => {
  const records = isJsonObject(event) ? event.Records : [];
  return Array.isArray(records) ? records.filter(isJsonObject) : [];
};
const bodiesOf = (event: Json): string =>
  recordsOf(event)
    .map(({ body }) => body)
    .join('');
const emptied = () =>
  expect.poll(() => jobs.counts, { interval: 2 }).toEqual({ visible: 0, invisible: 0 });

describe('an event source mapping', () => {
  it('calls with batches of records and deletes them', async () => {
    const events: Json[] = [];
    start(
      {
        batchSize: 2,
        maximumConcurrency: 1,
        invoke: async (event) => {
          events.push(event);
          return null;
        },
      },
      'a',
      'b',
      'c',
    );
    await emptied();
    expect(events.map(bodiesOf)).toEqual(['ab', 'c']);
    expect(recordsOf(events[0] ?? null)[0]).toMatchObject({
      messageId: expect.stringMatching(/^[\w-]{36}$/),
      attributes: { ApproximateReceiveCount: '1' },
      md5OfBody: '0cc175b9c0f1b6a831c399e269772661',
      eventSource: 'aws:sqs',
      eventSourceARN: `${arn}jobs`,
      awsRegion: 'us-east-1',
    });
  });

  it('makes no more calls at once than it may', async () => {
    let running = 0;
    let most = 0;
    start(
      {
        batchSize: 1,
        maximumConcurrency: 2,
        invoke: async () => {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, 3));
          running--;
          return null;
        },
      },
      ...'abcdef',
    );
    await emptied();
    expect(most).toBe(2);
  });

  it('sends again only what the answer names, and gives up at last', async () => {
    const events: string[] = [];
    start(
      {
        reportsItemFailures: true,
        maximumConcurrency: 1,
        invoke: async (event) => {
          events.push(bodiesOf(event));
          const failed = recordsOf(event).filter(({ body }) => body === 'b');
          return {
            batchItemFailures: failed.map(({ messageId }) => ({
              itemIdentifier: messageId ?? null,
            })),
          };
        },
      },
      'a',
      'b',
      'c',
    );
    await emptied();
    expect(events).toEqual(['abc', 'b', 'b']);
    expect(dead.counts.visible).toBe(1);
  });

  it.each<[string, () => Promise<Json>]>([
    ['the call fails', () => Promise.reject(new Error('TooManyRequestsException'))],
    ['the answer names a stranger', async () => ({ batchItemFailures: [{ itemIdentifier: 'x' }] })],
    ['the answer is no list', async () => ({ batchItemFailures: 'all' })],
  ])('sends everything again where %s', async (_, answer) => {
    let calls = 0;
    start(
      {
        reportsItemFailures: true,
        invoke: async () => (++calls === 1 ? answer() : null),
      },
      'a',
      'b',
    );
    await emptied();
    expect(calls).toBeGreaterThan(1);
    expect(dead.counts.visible).toBe(0);
  });

  it('does not read failures that it was not told to read', async () => {
    let calls = 0;
    start(
      {
        invoke: async () => {
          calls++;
          return { batchItemFailures: [{ itemIdentifier: 'x' }] };
        },
      },
      'a',
    );
    await emptied();
    expect(calls).toBe(1);
  });

  it('stops when the calls under way have ended', async () => {
    const gate = Promise.withResolvers<Json>();
    let isStopped = false;
    start({ invoke: () => gate.promise }, 'a');
    await expect.poll(() => jobs.counts.invisible, { interval: 2 }).toBe(1);
    const stopped = mapping.stop().then(() => {
      isStopped = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isStopped).toBe(false);
    gate.resolve(null);
    await stopped;
    expect(jobs.counts.invisible).toBe(0);
  });
});
