/** The machines as they run, in an interpreter of the language (test/emulators/states). */
import { describe, expect, it } from 'vitest';
import { gatherMachine } from '../../../cdk/machine/gather.ts';
import { optimizeMachine } from '../../../cdk/machine/optimize.ts';
import { endJob } from '../../../functions/publish/end-job.ts';
import {
  execute,
  type Functions,
  memoryObjects,
  outcome,
  service,
} from '../../emulators/states/_run.ts';
import type { Json } from '../../emulators/states/json.ts';
import { StatesError } from '../../emulators/states/states-error.ts';

type Message = Readonly<Record<string, Json>>;

const asJson = (definition: object): Json => JSON.parse(JSON.stringify(definition));

const optimize = asJson(
  optimizeMachine({
    advance: 'advance',
    publish: 'publish',
    outbox: 'outbox',
    lanes: {
      work: { kind: 'lambda', function: 'work' },
      batch: { kind: 'batch', queue: 'arn:queue', definition: 'fettle-batch' },
    },
  }),
);

const INPUT = { request: 'jobs/1.json', name: 'digits', attempt: 1, round: 0 };
const shard = (id: string, lane = 'work'): Json => ({ id, lane, order: `https://${id}` });

/** What the shards of each round are; after the last one everything is there. */
const ROUNDS: readonly Message[] = [
  { next: 'inline', shards: [shard('a'), shard('b', 'batch')] },
  { next: 'distributed', manifest: 'work/run/2.json' },
  { next: 'publish' },
];
const MANIFEST = [shard('c'), shard('d'), shard('e')];

/** Functions that write down what they are told. `work` may be broken. */
function world(work: (message: Message) => Json = () => null) {
  const told: Message[] = [];
  const worked: Json[] = [];
  const note = (message: Json): Message => {
    told.push(message as Message);
    return message as Message;
  };
  const functions: Functions = {
    advance: (message) => {
      const { action, execution: _, ...rest } = note(message);
      return action === 'failed' ? null : { ...rest, ...ROUNDS[Number(rest.round)] };
    },
    publish: (message) => {
      const { action } = note(message);
      return action === 'end' ? ended(message) : { run: 'r' };
    },
    work: (message) => {
      worked.push((message as Message).id ?? null);
      return work(message as Message);
    },
  };
  const jobs: Json[] = [];
  const tasks = {
    'arn:aws:states:::batch:submitJob.sync': async ({ arguments: given }: { arguments: Json }) => {
      jobs.push(given);
      return {};
    },
  };
  const objects = memoryObjects({ 'outbox/work/run/2.json': JSON.stringify(MANIFEST) });
  return { told, worked, jobs, options: { functions, tasks, objects } };
}

/** As Lambda tells what a function threw. */
function ended(message: Json): Json {
  try {
    return endJob(message);
  } catch (error) {
    const { name, message: text } = error as Error;
    throw new StatesError(name, text);
  }
}

const actions = (told: readonly Message[]): readonly Json[] =>
  told.map(({ action, round }) => (action === 'advance' ? `advance ${round}` : (action ?? null)));

describe('optimize', () => {
  it('turns until everything is there, then publishes', async () => {
    const { told, worked, jobs, options } = world();
    const execution = await execute(optimize, INPUT, options);
    expect(outcome(execution)).toEqual({ status: 'SUCCEEDED', output: { run: 'r' } });
    expect(actions(told)).toEqual(['advance 0', 'advance 1', 'advance 2', 'publish']);
    expect(told.at(-1)).toEqual({ action: 'publish', execution: 'run', ...INPUT, round: 2 });
    expect(worked.toSorted()).toEqual(['a', 'c', 'd', 'e']);
    expect(jobs).toEqual([
      {
        JobName: 'run',
        JobQueue: 'arn:queue',
        JobDefinition: 'fettle-batch',
        ContainerOverrides: { Environment: [{ Name: 'FETTLE_ORDER', Value: 'https://b' }] },
      },
    ]);
  });

  it('tells workers whose shards they have, in a child execution too', async () => {
    const executions = new Set<Json | undefined>();
    const { options } = world(({ execution }) => {
      executions.add(execution);
      return null;
    });
    await execute(optimize, INPUT, options);
    expect([...executions]).toEqual(['run']);
  });

  it('notes shards that fail, of few and of many, and goes on', async () => {
    const { told, worked, options } = world(({ id }) => {
      if (id === 'a' || id === 'd') throw new StatesError('Runtime.ExitError', `${id} died`);
      return null;
    });
    const execution = await execute(optimize, INPUT, options);
    expect(execution.status).toBe('SUCCEEDED');
    expect(told.filter(({ action }) => action === 'failed')).toEqual(
      ['a', 'd'].map((id) => ({
        action: 'failed',
        execution: 'run',
        id,
        error: { Error: 'Runtime.ExitError', Cause: `${id} died` },
      })),
    );
    expect(worked.filter((id) => id === 'd')).toHaveLength(6);
  });

  it('never tries again what a model is to blame for', async () => {
    const { worked, options } = world(({ id }) => {
      if (id === 'a') throw new StatesError('ModelError', 'no such layer');
      return null;
    });
    await execute(optimize, INPUT, options);
    expect(worked.filter((id) => id === 'a')).toHaveLength(1);
  });

  it('waits out a throttled service', async () => {
    let refused = 12;
    const { told, options } = world(() => {
      if (refused-- > 0) throw new StatesError('Lambda.TooManyRequestsException', 'Rate exceeded');
      return null;
    });
    expect((await execute(optimize, INPUT, options)).status).toBe('SUCCEEDED');
    expect(told.filter(({ action }) => action === 'failed')).toEqual([]);
  });

  it('tells of a shard for which there is no lane, and fails', async () => {
    const { told, options } = world();
    const functions: Functions = {
      ...options.functions,
      advance: (message) => ({
        ...(message as Message),
        next: 'inline',
        shards: [shard('g', 'gpu')],
      }),
    };
    const execution = await execute(optimize, INPUT, { ...options, functions });
    expect(outcome(execution)).toMatchObject({
      status: 'FAILED',
      error: 'JobFailed',
      cause: expect.stringContaining('no lane gpu in this stack'),
    });
    expect(actions(told)).toEqual(['fail', 'end']);
  });

  it('tells of its failure once, and goes on where it failed when it is redriven', async () => {
    const { told, options } = world();
    let isBroken = true;
    const functions: Functions = {
      ...options.functions,
      advance: (message, call) => {
        const { round } = message as Message;
        if (isBroken && round === 1) throw new StatesError('InputError', 'the data is gone');
        return options.functions.advance?.(message, call) ?? null;
      },
    };
    const states = service({ ...options, functions });
    const machine = states.createMachine('m', JSON.stringify(optimize));
    const execution = states.startExecution(machine, JSON.stringify(INPUT), 'run');
    await execution.ended();
    expect(outcome(execution)).toEqual({
      status: 'FAILED',
      error: 'JobFailed',
      cause: 'InputError: the data is gone',
    });
    expect(told.splice(0).map(({ action }) => action)).toEqual(['advance', 'fail', 'end']);

    states.redriveExecution(execution.options.arn);
    await execution.ended();
    expect(outcome(execution)).toMatchObject({ status: 'FAILED' });
    expect(told.splice(0).map(({ action }) => action)).toEqual(['end', 'fail', 'end']);

    isBroken = false;
    states.redriveExecution(execution.options.arn);
    await execution.ended();
    expect(outcome(execution)).toEqual({ status: 'SUCCEEDED', output: { run: 'r' } });
    expect(actions(told)).toEqual(['end', 'advance 1', 'advance 2', 'publish']);
  });
});

describe('gather', () => {
  it('waits again for as long as it is told, and ends when it is done', async () => {
    const seen: Json[] = [];
    const functions: Functions = {
      gather: (message) => {
        seen.push(message);
        const { seconds } = message as { seconds: number };
        return { next: seconds < 80 ? 'again' : 'done', prefix: 'p', seconds: seconds * 2 };
      },
    };
    const execution = await execute(
      asJson(gatherMachine('gather')),
      { prefix: 'p', seconds: 20 },
      { functions },
    );
    expect(execution.status).toBe('SUCCEEDED');
    expect(seen).toEqual([
      { prefix: 'p', seconds: 20 },
      { next: 'again', prefix: 'p', seconds: 40 },
      { next: 'again', prefix: 'p', seconds: 80 },
    ]);
  });
});
