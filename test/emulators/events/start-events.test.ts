import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BusEvent, EventBus } from './event-bus.ts';
import { type EventsEmulator, startEvents } from './start-events.ts';

const delivered: [string, string][] = [];
let failures = 0;
const deliver = async (arn: string, payload: string): Promise<void> => {
  if (failures-- > 0) throw new Error('busy');
  delivered.push([arn, payload]);
};
const rule = { name: 'r', pattern: { source: ['fettle'] } };
const seen: BusEvent[] = [];
const bus = new EventBus({ deliver, retryDelayMs: 1, onEvent: (event) => seen.push(event) });
bus.putRule({ ...rule, targets: [{ arn: 'a', InputPath: '$.detail.n', deadLetterArn: 'dead' }] });
bus.putRule({ name: 'off', pattern: rule.pattern, targets: [{ arn: 'b' }], isEnabled: false });
let emulator: EventsEmulator;
let client: EventBridgeClient;

beforeAll(async () => {
  emulator = await startEvents({ buses: [bus] });
  client = new EventBridgeClient({
    endpoint: emulator.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
beforeEach(() => {
  delivered.length = 0;
  failures = 0;
});
afterAll(async () => {
  client.destroy();
  await emulator.close();
});

const put = (entry: object) =>
  client.send(
    new PutEventsCommand({
      Entries: [{ Source: 'fettle', DetailType: 'Done', Detail: '{"n":1}', ...entry }],
    }),
  );

describe('PutEvents', () => {
  it('delivers to the targets of rules that match and are enabled', async () => {
    const answer = await put({ Time: new Date(1_700_000_000_000), Resources: ['r'] });
    await bus.settled();
    expect(delivered).toEqual([['a', '1']]);
    expect(answer.FailedEntryCount).toBe(0);
    expect(bus.events.at(-1)).toEqual({
      version: '0',
      id: answer.Entries?.[0]?.EventId,
      'detail-type': 'Done',
      source: 'fettle',
      account: '123456789012',
      time: '2023-11-14T22:13:20Z',
      region: 'us-east-1',
      resources: ['r'],
      detail: { n: 1 },
    });
  });

  it('delivers nothing that matches no rule', async () => {
    await put({ Source: 'other' });
    await bus.settled();
    expect(delivered).toEqual([]);
    expect(seen.at(-1)?.source).toBe('other');
  });

  it.each([
    [{ Source: 'aws.s3' }, 'NotAuthorizedForSource'],
    [{ Source: '' }, 'InvalidArgument'],
    [{ DetailType: '' }, 'InvalidArgument'],
    [{ Detail: '[1]' }, 'MalformedDetail'],
    [{ Detail: '{' }, 'MalformedDetail'],
    [{ EventBusName: 'nowhere' }, 'InvalidArgument'],
  ])('refuses the entry with %j', async (entry, ErrorCode) => {
    const answer = await put(entry);
    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries?.[0]).toMatchObject({ ErrorCode });
  });

  it('refuses a call that is too large', async () => {
    const Detail = JSON.stringify({ text: 'x'.repeat(256 * 1024) });
    await expect(put({ Detail })).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('delivery', () => {
  it('is tried again, then goes to the dead-letter queue', async () => {
    failures = 2;
    await put({});
    await bus.settled();
    failures = 4;
    await put({});
    await bus.settled();
    expect(delivered).toEqual([
      ['a', '1'],
      ['dead', '1'],
    ]);
  });

  it('is made twice where the faults say so', async () => {
    const twice = new EventBus({ deliver, faults: { seed: 1, duplicate: 1 } });
    twice.putRule({ ...rule, targets: [{ arn: 'a', Input: 'x' }] });
    const [event] = bus.events;
    if (event) twice.put(event);
    await twice.settled();
    expect(delivered).toEqual([
      ['a', 'x'],
      ['a', 'x'],
    ]);
  });

  it('begins with a pattern that is one', () => {
    const pattern = { source: [{ starts: 'a' }] };
    expect(() => bus.putRule({ name: 'bad', pattern, targets: [] })).toThrow(/unknown operator/);
  });
});
