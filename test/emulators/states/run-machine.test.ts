import { describe, expect, it } from 'vitest';
import { DISTRIBUTED, FLOW_CASES, FUNCTIONS } from './_flow-cases.ts';
import { execute, invoke, machine, outcome, service } from './_run.ts';
import { aslFaults } from './asl-faults.ts';
import { scaledClock } from './clock.ts';
import { isJsonObject, type Json } from './json.ts';

describe('the flow of a machine', () => {
  it.each(FLOW_CASES)('$rule', async ({ definition, input, expected }) => {
    const execution = await execute(definition, input, { functions: FUNCTIONS });
    expect(outcome(execution)).toEqual(expected);
  });

  it('is told in definitions that an independent validator takes', () => {
    // All in one, as branches: each call of the validator compiles its schemas again.
    const definitions = [...FLOW_CASES.map(({ definition }) => definition), DISTRIBUTED];
    const Branches = definitions.map((definition): Json => {
      const { StartAt = '', States = {} } = isJsonObject(definition) ? definition : {};
      return { StartAt, States };
    });
    const all = machine({ P: { Type: 'Parallel', Branches, End: true } });
    // Names are unique in one machine, not in all of them.
    const faults = aslFaults(all).filter((fault) => !fault.startsWith('DUPLICATE_STATE_NAMES'));
    expect(faults).toEqual([]);
  });
});

describe('retries', () => {
  /** The pauses in seconds that a machine made before it ended. */
  async function pauses(retry: Record<string, Json>, errors: readonly string[], random = 0.5) {
    const delays: number[] = [];
    const left = [...errors];
    const execution = await execute(machine({ A: invoke('f', { Retry: [retry], End: true }) }), 1, {
      random: () => random,
      clock: {
        ...scaledClock(),
        delay: async (seconds, purpose) => {
          if (purpose === 'retry') delays.push(seconds);
        },
      },
      functions: {
        f: () => {
          const name = left.shift();
          if (name === undefined) return 'ok';
          throw Object.assign(new Error(''), { name });
        },
      },
    });
    return { delays, status: execution.status };
  }
  const throttled = Array(5).fill('Lambda.TooManyRequestsException');
  const ErrorEquals = ['Lambda.TooManyRequestsException'];

  it.each<[string, Record<string, Json>, readonly string[], readonly number[], string]>([
    ['by default three times, 1 s doubled', { ErrorEquals }, throttled, [1, 2, 4], 'FAILED'],
    [
      'as often and as long as told',
      { ErrorEquals, IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 5, MaxDelaySeconds: 20 },
      throttled,
      [2, 6, 18, 20, 20],
      'SUCCEEDED',
    ],
    [
      'with full jitter anything up to that',
      { ErrorEquals, JitterStrategy: 'FULL', MaxAttempts: 9 },
      throttled.slice(2),
      [0.5, 1, 2],
      'SUCCEEDED',
    ],
    ['never with 0 attempts', { ErrorEquals, MaxAttempts: 0 }, throttled, [], 'FAILED'],
    ['not for another error', { ErrorEquals }, ['Boom'], [], 'FAILED'],
    ['not for States.Runtime', { ErrorEquals: ['States.ALL'] }, ['States.Runtime'], [], 'FAILED'],
  ])('%s', async (_, retry, errors, delays, status) => {
    expect(await pauses(retry, errors)).toEqual({ delays, status });
  });

  it('count for each retrier by itself, and tell the state how often', async () => {
    const errors = ['A', 'B', 'A', 'B'];
    const execution = await execute(
      machine({
        T: invoke('f', {
          Retry: [
            { ErrorEquals: ['A'], MaxAttempts: 2 },
            { ErrorEquals: ['B'], MaxAttempts: 2 },
          ],
          Output: '{% $states.context.State.RetryCount %}',
          End: true,
        }),
      }),
      {},
      {
        functions: {
          f: () => {
            const name = errors.shift();
            if (name === undefined) return null;
            throw Object.assign(new Error(''), { name });
          },
        },
      },
    );
    expect(outcome(execution)).toEqual({ status: 'SUCCEEDED', output: 4 });
  });
});

describe('stopping', () => {
  it('ends an execution that waits, and nothing catches it', async () => {
    const states = service({ clock: scaledClock() });
    const arn = states.createMachine(
      'm',
      JSON.stringify(
        machine({
          P: {
            Type: 'Parallel',
            Branches: [{ StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 900, End: true } } }],
            Retry: [{ ErrorEquals: ['States.ALL'] }],
            End: true,
          },
        }),
      ),
    );
    const execution = states.startExecution(arn);
    await states.stopExecution(execution.options.arn, 'Enough', 'by hand');
    expect(outcome(execution)).toEqual({ status: 'ABORTED', error: 'Enough', cause: 'by hand' });
  });

  it('ends a machine whose own time is over', async () => {
    const definition = machine(
      { W: { Type: 'Wait', Seconds: 900, End: true } },
      { TimeoutSeconds: 1 },
    );
    const clock = scaledClock({ timeout: 0.01 });
    expect(outcome(await execute(definition, {}, { clock }))).toMatchObject({
      status: 'TIMED_OUT',
      error: 'States.Timeout',
    });
  });
});
