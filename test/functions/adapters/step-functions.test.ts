import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  StateMachineExecutions,
  statesClient,
} from '../../../functions/adapters/step-functions.ts';
import { type StatesEmulator, startStates } from '../../emulators/states/start-states.ts';

let states: StatesEmulator;
beforeAll(async () => {
  states = await startStates();
  vi.stubEnv('AWS_ENDPOINT_URL_SFN', states.endpoint);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await states.close();
});

/** A machine that waits, and one that does not. */
function _machine(name: string, seconds: number): StateMachineExecutions {
  const arn = states.service.createMachine(
    name,
    JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: 'W',
      States: { W: { Type: 'Wait', Seconds: seconds, End: true } },
    }),
    'arn:aws:iam::123456789012:role/r',
  );
  return new StateMachineExecutions(statesClient(), arn);
}

test('an execution starts once, and is counted while it runs', async () => {
  const executions = _machine('slow', 10_000);
  expect(await executions.countRunning(5)).toBe(0);
  expect(await executions.start('a', { x: 1 })).toBe('started');
  expect(await executions.start('a', { x: 2 })).toBe('exists');
  expect(await executions.isRunning('a')).toBe(true);
  expect(await executions.isRunning('b')).toBe(false);
  for (const name of ['b', 'c', 'd']) await executions.start(name, {});
  expect(await executions.countRunning(100)).toBe(4);
  expect(await executions.countRunning(2)).toBe(2);
});

test('one that runs with the same input is there already', async () => {
  const executions = _machine('same', 10_000);
  expect(await executions.start('a', { x: 1 })).toBe('started');
  const later = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
  expect(await executions.start('a', { x: 1 })).toBe('exists');
  later.mockRestore();
});

test('one that is over keeps its name', async () => {
  const executions = _machine('quick', 0);
  expect(await executions.start('a', {})).toBe('started');
  await vi.waitFor(async () => expect(await executions.isRunning('a')).toBe(false));
  expect(await executions.start('a', {})).toBe('exists');
  expect(await executions.countRunning(5)).toBe(0);
});
