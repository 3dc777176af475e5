import { describe, expect, it } from 'vitest';
import { execute, INVOKE, machine, outcome } from './_run.ts';
import type { Json } from './json.ts';
import { type Invoke, lambdaTask } from './lambda-task.ts';

const answer =
  (payload: string, functionError?: string): Invoke =>
  async () => ({
    payload,
    executedVersion: '1',
    ...(functionError !== undefined && { functionError }),
  });
const run = async (invoke: Invoke, given: Json = { FunctionName: 'f', Payload: 1 }) =>
  outcome(
    await execute(
      machine({ A: { Type: 'Task', Resource: INVOKE, Arguments: given, End: true } }),
      {},
      { tasks: { [INVOKE]: lambdaTask(invoke) } },
    ),
  );

describe('the task that invokes a function', () => {
  it.each<[string, Json]>([
    ['{"a":1}', { a: 1 }],
    ['null', null],
    ['', null],
    ['<html>', '<html>'],
  ])('gives what it answers: %j', async (payload, expected) => {
    const output = { ExecutedVersion: '1', Payload: expected, StatusCode: 200 };
    expect(await run(answer(payload))).toEqual({ status: 'SUCCEEDED', output });
  });

  it('sends the payload to the function', async () => {
    const calls: Json[] = [];
    await run(async (name, payload) => {
      calls.push([name, payload]);
      return { payload: 'null', executedVersion: '1' };
    });
    expect(calls).toEqual([['f', 1]]);
  });

  it.each([
    ['{"errorType":"InputError","errorMessage":"m"}', 'InputError'],
    ['{"errorMessage":"m"}', 'Lambda.Unknown'],
    ['', 'Lambda.Unknown'],
  ])("fails with the function's own error: %j", async (payload, error) => {
    expect(await run(answer(payload, 'Unhandled'))).toEqual({
      status: 'FAILED',
      error,
      cause: payload,
    });
  });

  it.each<[string, object, string]>([
    ['the service', { name: 'TooManyRequestsException', status: 429 }, 'TooManyRequestsException'],
    ['the way there', { name: 'TypeError' }, 'SdkClientException'],
  ])('fails with an error of %s', async (_, properties, error) => {
    const invoke = () => Promise.reject(Object.assign(new Error('m'), properties));
    expect(await run(invoke)).toEqual({ status: 'FAILED', error: `Lambda.${error}`, cause: 'm' });
  });

  it.each<Json>([{ Payload: 1 }, { FunctionName: 'f', InvocationType: 'Event' }])(
    'refuses %j',
    async (given) => {
      expect(await run(answer('1'), given)).toMatchObject({ error: 'States.Runtime' });
    },
  );
});
