import { describe, expect, it } from 'vitest';
import { execute, invoke, machine, outcome } from './_run.ts';
import type { Json } from './json.ts';
import { HISTORY_EVENTS, PAYLOAD_BYTES } from './limits.ts';

const functions = { big: (bytes: Json) => 'x'.repeat(Number(bytes)), echo: (input: Json) => input };
/** Of the quotes around a string. */
const QUOTES = 2;
const fits = PAYLOAD_BYTES - QUOTES;
/** `{"StatusCode":200,"Payload":…}` */
const FRAME = JSON.stringify({ StatusCode: 200, Payload: 0 }).length - 1;

describe('the limit of payloads', () => {
  const text = (expression: string): Json =>
    machine({ A: { Type: 'Pass', Output: expression, End: true } });

  it.each<[string, Json, Json, string]>([
    ['an output that just fits', text('{% $pad("", $states.input, "x") %}'), fits, 'SUCCEEDED'],
    ['one byte more', text('{% $pad("", $states.input, "x") %}'), fits + 1, 'FAILED'],
    ['bytes, not characters', text('{% $pad("", $states.input, "é") %}'), fits / 2 + 1, 'FAILED'],
    ['a result that just fits', machine({ A: invoke('big') }), fits - FRAME, 'SUCCEEDED'],
    ['a result of one byte more', machine({ A: invoke('big') }), fits - FRAME + 1, 'FAILED'],
    [
      'arguments',
      machine({
        A: invoke('echo', {
          Arguments: { FunctionName: 'echo', Payload: '{% $pad("", 262144, "x") %}' },
          End: true,
        }),
      }),
      {},
      'FAILED',
    ],
    [
      'what a map gathers',
      machine({
        M: {
          Type: 'Map',
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'A',
            States: { A: invoke('big') },
          },
          End: true,
        },
      }),
      [150_000, 150_000],
      'FAILED',
    ],
  ])('%s', async (_, definition, input, status) => {
    const ended = outcome(await execute(definition, input, { functions }));
    expect(ended.status).toBe(status);
    if (status === 'FAILED') expect(ended.error).toBe('States.DataLimitExceeded');
  });

  it.each([
    ['States.ALL', 'FAILED'],
    ['States.TaskFailed', 'FAILED'],
    ['States.DataLimitExceeded', 'SUCCEEDED'],
  ])('is caught by %s: %s', async (name, status) => {
    const definition = machine({
      A: invoke('big', { Catch: [{ ErrorEquals: [name], Next: 'S' }], End: true }),
      S: { Type: 'Succeed' },
    });
    expect((await execute(definition, PAYLOAD_BYTES, { functions })).status).toBe(status);
  });
});

it('an execution fails that needs more events than the service keeps', async () => {
  const definition = machine({
    A: { Type: 'Pass', Next: 'C' },
    C: { Type: 'Choice', Choices: [{ Condition: true, Next: 'A' }], Default: 'S' },
    S: { Type: 'Succeed' },
  });
  const execution = await execute(definition);
  expect(outcome(execution)).toEqual({
    status: 'FAILED',
    error: 'States.Runtime',
    cause: `The execution reached the maximum number of history events (${HISTORY_EVENTS}).`,
  });
  expect(execution.history.events).toHaveLength(HISTORY_EVENTS + 1);
});
