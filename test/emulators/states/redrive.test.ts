import { describe, expect, it } from 'vitest';
import { invoke, machine, outcome, service } from './_run.ts';
import type { Json } from './json.ts';

/** Runs the machine; then once more from where it failed, with everything repaired. */
async function twice(definition: Json, input: Json) {
  const calls: Json[] = [];
  let broken = true;
  const states = service({
    functions: {
      work: (given) => {
        calls.push(given);
        if (broken && Number(given) % 2 === 1) throw new Error('broken');
        return Number(given) * 10;
      },
    },
  });
  const arn = states.createMachine('m', JSON.stringify(definition));
  const execution = states.startExecution(arn, JSON.stringify(input));
  await execution.ended();
  const first = { status: execution.status, calls: calls.splice(0) };
  broken = false;
  states.redriveExecution(execution.options.arn);
  await execution.ended();
  return { first, second: { ...outcome(execution), calls }, execution, states };
}

const body = (config: Json) => ({
  ItemProcessor: {
    ProcessorConfig: config,
    StartAt: 'B',
    States: { B: { Type: 'Pass', Next: 'W' }, W: invoke('work') },
  },
});
const distributed = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };

describe('redrive', () => {
  it('goes on with the failed state, its input and the variables', async () => {
    const definition = machine({
      A: invoke('work', { Assign: { x: 'kept' }, Output: 3, Next: 'W' }),
      W: invoke('work', { Next: 'S' }),
      S: { Type: 'Succeed', Output: '{% [$states.input, $x] %}' },
    });
    const { first, second } = await twice(definition, 2);
    expect(first).toEqual({ status: 'FAILED', calls: [2, 3] });
    expect(second).toEqual({ status: 'SUCCEEDED', output: [30, 'kept'], calls: [3] });
  });

  it('starts with fresh retries', async () => {
    const definition = machine({
      W: invoke('work', { Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }], End: true }),
    });
    const { first, second } = await twice(definition, 1);
    expect(first.calls).toEqual([1, 1, 1]);
    expect(second).toEqual({ status: 'SUCCEEDED', output: 10, calls: [1] });
  });

  it.each<[string, Json]>([
    ['an inline map', { Mode: 'INLINE' }],
    ['a distributed map', distributed],
  ])('does again only what failed of %s', async (_, config) => {
    const more = config === distributed ? { MaxConcurrency: 1 } : {};
    const definition = machine({ M: { Type: 'Map', ...body(config), ...more, End: true } });
    const { first, second } = await twice(definition, [2, 3, 4]);
    expect(first.status).toBe('FAILED');
    expect(first.calls.slice(0, 2)).toEqual([2, 3]);
    expect(second).toMatchObject({ status: 'SUCCEEDED', output: [20, 30, 40] });
    expect(second.calls).not.toContain(2);
    expect([...first.calls, ...second.calls].filter((call) => call === 3)).toHaveLength(2);
  });

  it('keeps the children of a map run, each with what it did', async () => {
    const definition = machine({ M: { Type: 'Map', ...body(distributed), End: true } });
    const { states, execution } = await twice(definition, [1, 2]);
    const runs = [...states.mapRuns.values()];
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
    expect(runs[0]?.children[0]?.execution).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
    expect(execution.redriveCount).toBe(1);
    const types = runs[0]?.children[0]?.execution.history.events.map(({ type }) => type) ?? [];
    expect(types.filter((type) => type === 'PassStateEntered')).toHaveLength(1);
    expect(types.filter((type) => type === 'TaskStateEntered')).toHaveLength(2);
  });

  it('goes on inside the branches of Parallel that failed', async () => {
    const definition = machine({
      P: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'L', States: { L: invoke('work') } },
          {
            StartAt: 'R',
            States: { R: { Type: 'Pass', Output: 4, Next: 'R2' }, R2: invoke('work') },
          },
        ],
        End: true,
      },
    });
    const { second } = await twice(definition, 1);
    expect(second).toMatchObject({ status: 'SUCCEEDED', output: [10, 40] });
    expect(second.calls).toContain(1);
  });

  it('is refused for what succeeded', async () => {
    const states = service();
    const arn = states.createMachine('m', JSON.stringify(machine({ S: { Type: 'Succeed' } })));
    const execution = states.startExecution(arn);
    await execution.ended();
    expect(() => states.redriveExecution(execution.options.arn)).toThrow(/is SUCCEEDED/);
  });
});
