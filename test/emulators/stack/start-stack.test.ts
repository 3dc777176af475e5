import { fileURLToPath } from 'node:url';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scaledClock } from '../states/clock.ts';
import { LITTLE } from './_template.ts';
import { type Stack, startStack } from './start-stack.ts';

const root = fileURLToPath(new URL('fixtures', import.meta.url));
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    template: LITTLE,
    root,
    clock: scaledClock({ wait: 0, retry: 0.01 }),
    queueRetryDelay: 0.05,
    faults: { seed: 3, duplicate: 1, throttle: 0.1 },
  });
});
afterAll(() => stack.close());

const put = (Key: string, Body: string) =>
  stack.storage.client.send(new PutObjectCommand({ Bucket: stack.outputs.InboxName, Key, Body }));
const read = async (Key: string): Promise<string | undefined> => {
  const command = new GetObjectCommand({ Bucket: 'little-outbox', Key });
  return (await stack.storage.client.send(command)).Body?.transformToString();
};

describe('a stack', () => {
  it('says its outputs', () => {
    expect(stack.outputs).toEqual({
      InboxName: 'inbox',
      Api: 'arn:aws:lambda:us-east-1:123456789012:function:little-hostile:live',
    });
  });

  it('carries an object through all of it once, though every event comes twice', async () => {
    await Promise.all([put('a.txt', 'one'), put('b.txt', 'two'), put('c.bin', 'three')]);
    await stack.settled();
    const { Contents = [] } = await stack.storage.client.send(
      new ListObjectsV2Command({ Bucket: 'little-outbox' }),
    );
    expect(Contents.map(({ Key }) => Key)).toEqual(['a.txt', 'b.txt']);
    expect([await read('a.txt'), await read('b.txt')]).toEqual(['ONE', 'TWO']);
    const executions = [...stack.states.service.executions.values()];
    expect(executions.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    const told = stack.buses[0]?.events.filter(({ source }) => source === 'little') ?? [];
    expect(told.map(({ detail }) => detail.key).toSorted()).toEqual(['a.txt', 'b.txt']);
    const changes = stack.buses[0]?.events.filter(({ source }) => source === 'aws.states') ?? [];
    expect(changes.filter(({ detail }) => detail.status === 'SUCCEEDED')).toHaveLength(2);
    expect(stack.queues.map(({ counts }) => counts.visible)).toEqual([0, 0]);
  });

  it('gives a function the rights of its role and no other', async () => {
    const answer = await stack.lambda.invoke('little-hostile', {}, 'live');
    expect(JSON.parse(answer.payload)).toEqual([
      'AccessDenied',
      'AccessDenied',
      'AccessDeniedException',
      'AccessDeniedException',
    ]);
  });

  it('gives a machine the rights of its role and no other', async () => {
    const { service } = stack.states;
    const arn = service.createMachine(
      'other',
      JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'A',
        States: {
          A: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Arguments: { FunctionName: 'little-work' },
            End: true,
          },
        },
      }),
    );
    const execution = service.startExecution(arn);
    await execution.ended();
    expect(execution.error?.error).toBe('States.Permissions');
  });

  it('fires a schedule by hand, and tells of an update', async () => {
    await stack.schedules.fire('nightly');
    await stack.settled();
    expect(await read('rerun')).toBe('{"reason":"scheduled"}');
    stack.update();
    await stack.settled();
    expect(await read('rerun')).toBe('{"reason":"updated"}');
  });
});

it('a stack with a resource that is not emulated does not start', async () => {
  const { Absent, ...Resources } = LITTLE.Resources;
  const Thing = { Type: 'AWS::DynamoDB::Table', Properties: {} };
  const template = { ...LITTLE, Resources: { ...Resources, Thing } };
  await expect(startStack({ template, root })).rejects.toThrow('knows no AWS::DynamoDB::Table');
  expect(Absent?.Type).toBe('AWS::Unknown::Thing');
});
