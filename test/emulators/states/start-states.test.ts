import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError } from '../json-api.ts';
import { machine } from './_run.ts';
import { scaledClock } from './clock.ts';
import { isJsonObject, type Json } from './json.ts';
import { type StatesEmulator, startStates } from './start-states.ts';

let emulator: StatesEmulator;
let client: SFNClient;
let throttled = 0;
const tokens: string[] = [];
const gate = Promise.withResolvers<Json>();

const task = (name: string, more: Record<string, Json> = {}) => ({
  Type: 'Task',
  Resource: `arn:aws:states:::${name}`,
  End: true,
  ...more,
});

beforeAll(async () => {
  emulator = await startStates({
    clock: scaledClock({ retry: 0, timeout: 0.01 }),
    fault: () =>
      throttled-- > 0 ? new ApiError('ThrottlingException', 'Rate exceeded') : undefined,
    tasks: {
      'arn:aws:states:::test:gate': () => gate.promise,
      'arn:aws:states:::test:token': async ({ arguments: given }) => {
        tokens.push(isJsonObject(given) ? String(given.token) : '');
        return null;
      },
    },
  });
  client = new SFNClient({
    endpoint: emulator.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  client.destroy();
  await emulator.close();
});

async function create(name: string, definition: Json): Promise<string> {
  const { stateMachineArn = '' } = await client.send(
    new CreateStateMachineCommand({ name, definition: JSON.stringify(definition), roleArn: 'r' }),
  );
  return stateMachineArn;
}

async function start(stateMachineArn: string, name: string, input = '{}'): Promise<string> {
  const { executionArn = '' } = await client.send(
    new StartExecutionCommand({ stateMachineArn, name, input }),
  );
  return executionArn;
}

async function describeWhen(executionArn: string) {
  await emulator.service.execution(executionArn).ended();
  return client.send(new DescribeExecutionCommand({ executionArn }));
}

describe('the Step Functions API', () => {
  it('describes a machine', async () => {
    const definition = machine({ S: { Type: 'Succeed' } });
    const stateMachineArn = await create('described', definition);
    const found = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(JSON.parse(found.definition ?? '')).toEqual(definition);
    expect(found).toMatchObject({ name: 'described', status: 'ACTIVE', type: 'STANDARD' });
    expect(found.creationDate).toBeInstanceOf(Date);
  });

  it('says what is wrong with a definition', async () => {
    await expect(create('wrong', machine({ A: { Type: 'Pass' } }))).rejects.toMatchObject({
      name: 'InvalidDefinition',
      message: expect.stringContaining('A needs either Next or End'),
    });
  });

  it('starts once for a name and an input, and refuses another input or a finished one', async () => {
    const arn = await create('once', machine({ A: task('test:gate') }));
    const first = await start(arn, 'job', '{"a":1}');
    expect(await start(arn, 'job', '{"a":1}')).toBe(first);
    const refusal = { name: 'ExecutionAlreadyExists' };
    await expect(start(arn, 'job', '{"a":2}')).rejects.toMatchObject(refusal);
    gate.resolve('opened');
    const described = await describeWhen(first);
    expect(described).toMatchObject({
      status: 'SUCCEEDED',
      output: '"opened"',
      input: '{"a":1}',
      name: 'job',
      stateMachineArn: arn,
    });
    expect(described.stopDate?.getTime()).toBeGreaterThanOrEqual(
      described.startDate?.getTime() ?? 0,
    );
    await expect(start(arn, 'job', '{"a":1}')).rejects.toMatchObject(refusal);
  });

  it('refuses what it cannot start', async () => {
    const arn = await create('strict', machine({ S: { Type: 'Succeed' } }));
    const refusals: readonly (readonly [Promise<string>, string])[] = [
      [start(`${arn}x`, 'a'), 'StateMachineDoesNotExist'],
      [start(arn, 'a b'), 'InvalidName'],
      [start(arn, 'a'.repeat(81)), 'InvalidName'],
      [start(arn, 'a', '{'), 'InvalidExecutionInput'],
      [start(arn, 'a', JSON.stringify('x'.repeat(256 * 1024))), 'InvalidExecutionInput'],
    ];
    for (const [refused, name] of refusals) await expect(refused).rejects.toMatchObject({ name });
  });

  it('lists executions by status, newest first, in pages', async () => {
    const stateMachineArn = await create(
      'listed',
      machine({
        C: {
          Type: 'Choice',
          Choices: [{ Condition: '{% $states.input.ok %}', Next: 'S' }],
          Default: 'F',
        },
        S: { Type: 'Succeed' },
        F: { Type: 'Fail', Error: 'E', Cause: 'c' },
      }),
    );
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const arn = await start(stateMachineArn, name, JSON.stringify({ ok: name !== 'c' }));
      await emulator.service.execution(arn).ended();
    }
    const list = async (more: object) => {
      const page = await client.send(new ListExecutionsCommand({ stateMachineArn, ...more }));
      return [page.executions?.map(({ name }) => name).join(''), page.nextToken] as const;
    };
    expect(await list({ statusFilter: 'FAILED' })).toEqual(['c', undefined]);
    expect(await list({ statusFilter: 'RUNNING' })).toEqual(['', undefined]);
    const [names, nextToken] = await list({ statusFilter: 'SUCCEEDED', maxResults: 3 });
    expect(names).toBe('edb');
    expect(await list({ statusFilter: 'SUCCEEDED', maxResults: 3, nextToken })).toEqual([
      'a',
      undefined,
    ]);
  });

  it('stops, tells its history, and redrives from where it stopped', async () => {
    const stateMachineArn = await create(
      'stopped',
      machine({
        A: { Type: 'Pass', Output: { n: 1 }, Next: 'B' },
        B: task('test:gate', {
          Resource: 'arn:aws:states:::test:token.waitForTaskToken',
          Arguments: { token: '{% $states.context.Task.Token %}' },
        }),
      }),
    );
    const executionArn = await start(stateMachineArn, 'x');
    await expect.poll(() => tokens.length).toBe(1);
    await expect(client.send(new RedriveExecutionCommand({ executionArn }))).rejects.toMatchObject({
      name: 'ExecutionNotRedrivable',
    });
    await client.send(new StopExecutionCommand({ executionArn, error: 'E', cause: 'by hand' }));
    expect(await describeWhen(executionArn)).toMatchObject({
      status: 'ABORTED',
      error: 'E',
      cause: 'by hand',
    });
    await client.send(new RedriveExecutionCommand({ executionArn }));
    await expect.poll(() => tokens.length).toBe(2);
    await client.send(new SendTaskHeartbeatCommand({ taskToken: tokens[1] }));
    await client.send(new SendTaskSuccessCommand({ taskToken: tokens[1], output: '[1]' }));
    expect(await describeWhen(executionArn)).toMatchObject({
      status: 'SUCCEEDED',
      output: '[1]',
      redriveCount: 1,
    });
    const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'ExecutionAborted',
      'ExecutionRedriven',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events[3]?.stateEnteredEventDetails).toMatchObject({ name: 'B', input: '{"n":1}' });
    await expect(
      client.send(new SendTaskFailureCommand({ taskToken: tokens[1] })),
    ).rejects.toMatchObject({ name: 'TaskDoesNotExist' });
  });

  it('can be told to throttle', async () => {
    const arn = await create('throttled', machine({ S: { Type: 'Succeed' } }));
    throttled = 1;
    await expect(start(arn, 'a')).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(await start(arn, 'a')).toMatch(/throttled:a$/);
  });

  it('starts executions from executions', async () => {
    const inner = await create(
      'inner',
      machine({
        C: {
          Type: 'Choice',
          Choices: [{ Condition: '{% $states.input.n = 1 %}', Next: 'S' }],
          Default: 'F',
        },
        S: { Type: 'Succeed', Output: '{% $states.input.n + 1 %}' },
        F: { Type: 'Fail', Error: 'Inner', Cause: 'c' },
      }),
    );
    const both = await create(
      'both',
      machine({
        A: {
          Type: 'Task',
          Resource: 'arn:aws:states:::states:startExecution',
          Arguments: { StateMachineArn: inner, Input: { n: 1 }, Name: 'named' },
          Assign: { arn: '{% $states.result.ExecutionArn %}' },
          Next: 'B',
        },
        B: {
          Type: 'Task',
          Resource: 'arn:aws:states:::states:startExecution.sync:2',
          Arguments: { StateMachineArn: inner, Input: { n: 1 } },
          Output: '{% [$arn, $states.result.Output] %}',
          Next: 'C',
        },
        C: {
          Type: 'Task',
          Resource: 'arn:aws:states:::states:startExecution',
          Arguments: { StateMachineArn: inner, Input: {}, Name: 'named' },
          Catch: [
            {
              ErrorEquals: ['StepFunctions.ExecutionAlreadyExistsException'],
              Output: '{% $states.input %}',
              Next: 'S',
            },
          ],
          Next: 'F',
        },
        S: { Type: 'Succeed' },
        F: { Type: 'Fail' },
      }),
    );
    const named = inner.replace(':stateMachine:', ':execution:');
    expect((await describeWhen(await start(both, 'x'))).output).toBe(
      JSON.stringify([`${named}:named`, 2]),
    );
  });
});
