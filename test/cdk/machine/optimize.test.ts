import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import type { MapState, State, States, TaskState } from '../../../cdk/machine/asl.ts';
import { optimizeMachine } from '../../../cdk/machine/optimize.ts';

const machine = optimizeMachine({
  advance: 'arn:advance',
  publish: 'arn:publish',
  outbox: 'arn:outbox',
  lanes: {
    work: { kind: 'lambda', function: 'arn:work' },
    batch: { kind: 'batch', queue: 'arn:queue', definition: 'fettle-batch' },
  },
});

const isMap = (state: State): state is MapState => state.Type === 'Map';
const isTask = (state: State): state is TaskState => state.Type === 'Task';

const maps = Object.values(machine.States).filter(isMap);

/** All states, those inside of maps too. */
function states({ States: own }: States): readonly (readonly [string, State])[] {
  return Object.entries(own).flatMap(([name, state]) => [
    [name, state] as const,
    ...(isMap(state) ? states(state.ItemProcessor) : []),
  ]);
}

function targets(state: State): readonly string[] {
  const caught = 'Catch' in state ? (state.Catch ?? []).map(({ Next }) => Next) : [];
  const chosen =
    state.Type === 'Choice' ? [...state.Choices.map(({ Next }) => Next), state.Default] : [];
  return [...caught, ...chosen, ...('Next' in state && state.Next ? [state.Next] : [])];
}

/** What of a machine cannot be reached from its start. */
function unreachable({ StartAt, States: own }: States): readonly string[] {
  const reached = new Set<string>();
  const follow = (name: string): void => {
    const state = own[name];
    if (!state || reached.has(name)) return;
    reached.add(name);
    for (const target of targets(state)) follow(target);
  };
  follow(StartAt);
  return Object.keys(own).filter((name) => !reached.has(name));
}

describe('optimizeMachine', () => {
  it('is valid', () => {
    expect(validate(JSON.parse(JSON.stringify(machine))).errors).toEqual([]);
  });

  it('leads to every state, and only to states that exist', () => {
    for (const level of [machine, ...maps.map((map) => map.ItemProcessor)]) {
      expect(unreachable(level)).toEqual([]);
      const missing = Object.values(level.States)
        .flatMap(targets)
        .filter((target) => !(target in level.States));
      expect(missing).toEqual([]);
    }
  });

  it('turns: each round ends where it began, one further', () => {
    expect(machine.StartAt).toBe('Advance');
    expect(maps.map(({ Next }) => Next)).toEqual(['Advance', 'Advance']);
    for (const map of maps)
      expect(map.Output).toEqual({
        request: '{% $states.input.request %}',
        name: '{% $states.input.name %}',
        attempt: '{% $states.input.attempt %}',
        round: '{% $states.input.round + 1 %}',
      });
  });

  it('tells of every failure before it fails', () => {
    const own = Object.values(machine.States);
    const caught = own.filter((state) => isMap(state) || isTask(state));
    const untold = caught.filter(
      (state) => targets(state).length > 0 && !targets(state).includes('Tell failure'),
    );
    expect(untold).toEqual([machine.States['Tell failure'], machine.States.Failed]);
    expect(machine.States['Tell failure']).toMatchObject({
      Arguments: {
        FunctionName: 'arn:publish',
        Payload: { action: 'fail', error: '{% $states.input.error %}' },
      },
      Next: 'Failed',
    });
  });

  it('fails in a task, which a redrive begins with again, and goes on from there', () => {
    const { Failed: failed } = machine.States;
    expect(failed).toMatchObject({
      Arguments: {
        FunctionName: 'arn:publish',
        Payload: {
          action: 'end',
          redrives: expect.stringContaining('$states.context.Execution.RedriveCount'),
          toldAt: '{% $states.input.redrives %}',
        },
      },
      Next: 'Advance',
    });
    expect(failed && 'Catch' in failed).toBe(false);
    const endings = Object.values(machine.States).filter(({ Type: type }) => type === 'Fail');
    expect(endings).toEqual([machine.States['No such step']]);
  });

  it('catches what States.ALL leaves out', () => {
    const advance = machine.States.Advance;
    expect(advance && isTask(advance) && advance.Catch?.map((one) => one.ErrorEquals)).toEqual([
      ['States.DataLimitExceeded'],
      ['States.ALL'],
    ]);
  });

  it('runs at most 40 shards at once inline, and 200 as executions of their own', () => {
    expect(maps.map((map) => [map.ItemProcessor.ProcessorConfig, map.MaxConcurrency])).toEqual([
      [{ Mode: 'INLINE' }, 40],
      [{ Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, 200],
    ]);
  });

  it('tolerates no failed shard of many, reading them from the outbox', () => {
    expect(machine.States['Many shards']).toMatchObject({
      ToleratedFailurePercentage: 0,
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSON' },
        Arguments: { Bucket: 'arn:outbox', Key: '{% $states.input.manifest %}' },
      },
    });
  });

  it('tries every task again, throttled ones at least ten times with full jitter', () => {
    const tasks = states(machine)
      .map(([, state]) => state)
      .filter(isTask);
    expect(tasks.length).toBe(10);
    for (const task of tasks) {
      const throttled = task.Retry.find((retrier) =>
        retrier.ErrorEquals.includes('Lambda.TooManyRequestsException'),
      );
      expect(throttled).toMatchObject({ JitterStrategy: 'FULL' });
      expect(throttled?.MaxAttempts).toBeGreaterThanOrEqual(10);
    }
  });

  it('holds nothing that a map would gather', () => {
    for (const map of maps) {
      const ends = Object.values(map.ItemProcessor.States).filter(
        (state) => isTask(state) && state.End,
      );
      expect(ends.map((state) => isTask(state) && state.Output)).toEqual([{}, {}, {}]);
    }
  });
});
