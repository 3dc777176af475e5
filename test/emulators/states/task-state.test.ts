import { describe, expect, it } from 'vitest';
import { execute, INVOKE, invoke, machine, outcome, service } from './_run.ts';
import { scaledClock } from './clock.ts';
import { isJsonObject, type Json } from './json.ts';
import { TaskTokens } from './task-tokens.ts';

const never = () => new Promise<Json>(() => undefined);
const caught = (ErrorEquals: string[]) => ({
  Catch: [{ ErrorEquals, Next: 'S' }],
  End: true,
});
const S: Json = { Type: 'Succeed', Output: '{% $states.input.Error %}' };

describe('the time of a task', () => {
  it.each<[string, Record<string, Json>, Json]>([
    ['ends with States.Timeout', { TimeoutSeconds: 1, ...caught(['States.Timeout']) }, 'SUCCEEDED'],
    ['is an expression', { TimeoutSeconds: '{% 1 %}', ...caught(['States.ALL']) }, 'SUCCEEDED'],
    ['is no failure', { TimeoutSeconds: 1, ...caught(['States.TaskFailed']) }, 'FAILED'],
  ])('%s', async (_, more, status) => {
    const definition = machine({ A: invoke('never', more), S });
    const ended = outcome(await execute(definition, {}, { functions: { never } }));
    expect(ended.status).toBe(status);
    expect(ended.error ?? ended.output).toBe('States.Timeout');
  });

  it('aborts the call', async () => {
    const reasons: boolean[] = [];
    await execute(
      machine({ A: invoke('f', { TimeoutSeconds: 1, End: true }) }),
      {},
      {
        functions: {
          f: (_, { signal }) => {
            signal.addEventListener('abort', () => reasons.push(signal.aborted));
            return never();
          },
        },
      },
    );
    expect(reasons).toEqual([true]);
  });
});

describe('task tokens', () => {
  const wait = (more: Record<string, Json>) =>
    machine({
      A: {
        Type: 'Task',
        Resource: `${INVOKE}.waitForTaskToken`,
        Arguments: { FunctionName: 'f', Payload: '{% $states.context.Task.Token %}' },
        End: true,
        ...more,
      },
      S,
    });

  async function run(definition: Json, answer: (tokens: TaskTokens, token: string) => void) {
    const states = service({
      clock: scaledClock({ timeout: 0.05 }),
      functions: {
        f: (token) => {
          answer(states.tokens, String(token));
          return 'passed over';
        },
      },
    });
    const arn = states.createMachine('m', JSON.stringify(definition));
    const execution = states.startExecution(arn);
    await execution.ended();
    return outcome(execution);
  }

  it('give what the answer says', async () => {
    const ended = await run(wait({}), (tokens, token) => tokens.succeed(token, { a: 1 }));
    expect(ended).toEqual({ status: 'SUCCEEDED', output: { a: 1 } });
  });

  it('fail as the answer says', async () => {
    const ended = await run(wait({}), (tokens, token) => tokens.fail(token, 'Own', 'c'));
    expect(ended).toEqual({ status: 'FAILED', error: 'Own', cause: 'c' });
  });

  it('need heartbeats where the state says so; States.Timeout catches their absence', async () => {
    const definition = wait({ HeartbeatSeconds: 1, ...caught(['States.Timeout']) });
    const ended = await run(definition, () => undefined);
    expect(ended).toEqual({ status: 'SUCCEEDED', output: 'States.HeartbeatTimeout' });
  });

  it('live on by heartbeats', async () => {
    const ended = await run(wait({ HeartbeatSeconds: 1 }), (tokens, token) => {
      const beats = setInterval(() => tokens.heartbeat(token), 20);
      setTimeout(() => {
        clearInterval(beats);
        tokens.succeed(token, 'alive');
      }, 120);
    });
    expect(ended).toEqual({ status: 'SUCCEEDED', output: 'alive' });
  });

  it('are unknown once answered', () => {
    const tokens = new TaskTokens();
    const { token, close } = tokens.open(() => undefined);
    close();
    expect(() => tokens.succeed(token, null)).toThrow();
  });
});

describe('a resource that nothing serves', () => {
  it('fails loudly, whatever catches', async () => {
    const definition = machine({
      A: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:dynamodb:getItem',
        ...caught(['States.ALL']),
      },
      S,
    });
    expect(outcome(await execute(definition))).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: expect.stringContaining('dynamodb:getItem'),
    });
  });

  it('is served by a plug-in', async () => {
    const definition = machine({
      A: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:s3:headObject',
        Arguments: { Bucket: 'b' },
        End: true,
      },
    });
    const execution = await execute(
      definition,
      {},
      {
        tasks: {
          'arn:aws:states:::aws-sdk:s3:headObject': async ({ arguments: given }) =>
            isJsonObject(given) ? [given.Bucket ?? null] : null,
        },
      },
    );
    expect(outcome(execution)).toEqual({ status: 'SUCCEEDED', output: ['b'] });
  });
});
