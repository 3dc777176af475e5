import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Json } from '../states/json.ts';
import { batchTask } from './batch-jobs.ts';
import type { JobPlan } from './read-jobs.ts';

const queue = 'arn:aws:batch:us-east-1:123456789012:job-queue/jobs';
const job: JobPlan = {
  arn: 'arn:aws:batch:us-east-1:123456789012:job-definition/job:1',
  name: 'job',
  command: ['batch'],
  environment: { FROM_DEFINITION: '1' },
  memoryMiB: 300,
  timeoutSeconds: 20,
  attempts: 2,
  evaluateOnExit: [],
};

/** Runs one job whose order `fixtures/start.js` obeys; gives what it said and how it ended. */
async function submit(
  order: string,
  plan: Partial<JobPlan> = {},
  call: { readonly [key: string]: Json } = {},
  signal: AbortSignal = new AbortController().signal,
) {
  const lines: string[] = [];
  const run = batchTask({
    queues: [queue],
    jobs: [{ ...job, ...plan }],
    root: fileURLToPath(new URL('fixtures', import.meta.url)),
    log: (_, text) => lines.push(text),
  });
  const given = {
    JobName: 'j',
    JobQueue: queue,
    JobDefinition: 'job',
    ContainerOverrides: { Environment: [{ Name: 'ORDER', Value: order }] },
    ...call,
  };
  const resource = 'arn:aws:states:::batch:submitJob.sync';
  const ended = await run({ resource, arguments: given, executionArn: 'e', signal }).then(
    (result) => ({ result: Object(result), error: undefined }),
    (error) => ({ result: undefined, error: Object(error) }),
  );
  return {
    ...ended,
    said: lines
      .join('')
      .split('\n')
      .filter(Boolean)
      .map((line) => Object(JSON.parse(line))),
  };
}

describe('a job of Batch', () => {
  it('runs the start of the folder with its command and the environment, and no keys', async () => {
    const { result, said } = await submit('exit 0');
    expect(result).toMatchObject({ Status: 'SUCCEEDED', JobName: 'j', JobDefinition: job.arn });
    expect(said).toEqual([
      {
        order: 'exit 0',
        attempt: '1',
        arguments: ['batch'],
        keys: [
          'AWS_BATCH_JOB_ATTEMPT',
          'AWS_BATCH_JOB_ID',
          'FROM_DEFINITION',
          'ORDER',
          'PATH',
          'TMPDIR',
        ],
      },
    ]);
  });

  it('is tried again as often as its definition says, then fails with its description', async () => {
    const { error, said } = await submit('exit 3');
    expect(said.map(({ attempt }) => attempt)).toEqual(['1', '2']);
    expect(error.error).toBe('States.TaskFailed');
    expect(JSON.parse(error.causeText)).toMatchObject({
      Status: 'FAILED',
      Container: { ExitCode: 3 },
      Attempts: [{ Container: { ExitCode: 3 } }, { Container: { ExitCode: 3 } }],
    });
  });

  it('is not tried again where a rule says so', async () => {
    const evaluateOnExit = [
      { action: 'retry', statusReason: 'Host EC2*' },
      { action: 'exit', exitCode: '3*' },
    ] as const;
    const { said } = await submit('exit 3', { evaluateOnExit });
    expect(said).toHaveLength(1);
  });

  it('is killed when it holds more memory than its own', async () => {
    const { error } = await submit('eat', { attempts: 1 });
    expect(JSON.parse(error.causeText)).toMatchObject({
      Container: {
        ExitCode: 137,
        Reason: 'OutOfMemoryError: Container killed due to memory usage',
      },
    });
  });

  it('is killed when its time is over, or when nobody waits for it any more', async () => {
    const { error } = await submit('sleep', { attempts: 1, timeoutSeconds: 0.3 });
    expect(JSON.parse(error.causeText).Container.Reason).toMatch(/exceeded timeout/);
    const stopped = await submit('sleep', {}, {}, AbortSignal.timeout(200));
    expect(stopped.error.name).toBe('TimeoutError');
  });

  it.each([
    [{ JobQueue: 'other' }, /no queue other/],
    [{ JobDefinition: 'other' }, /no job definition other/],
    [{ JobName: 'a b' }, /a JobName is/],
  ])('is refused with %j', async (call, message) => {
    const { error } = await submit('exit 0', {}, call);
    expect(error.error).toBe('Batch.ClientException');
    expect(error.causeText).toMatch(message);
  });
});
