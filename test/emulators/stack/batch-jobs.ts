/** AWS Batch: `submitJob.sync` runs the built folder's start as a process with the job's own memory. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { makeTempDir, removeTempDir } from '../../../shared/base/files.ts';
import { growTree, killTree, processTable } from '../lambda/process-tree.ts';
import { watch } from '../lambda/watch.ts';
import { isJsonObject, type Json } from '../states/json.ts';
import { StatesError } from '../states/states-error.ts';
import type { TaskHandler } from '../states/tasks.ts';
import type { JobPlan } from './read-jobs.ts';

export interface BatchOptions {
  readonly queues: readonly string[];
  readonly jobs: readonly JobPlan[];
  /** The folder that the image is made of. */
  readonly root: string;
  /** Added to what the definition and the call say. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly log?: (job: string, text: string) => void;
}

/** How one attempt ended. */
interface Attempt {
  readonly ExitCode: number;
  readonly Reason?: string;
}

/** Any disk of a container is far larger than a test's. */
const TEMP_BYTES = 100 * 2 ** 30;

/** Submits and waits; a job that fails at last is `States.TaskFailed` with its description as the cause. */
export function batchTask(options: BatchOptions): TaskHandler {
  return async ({ arguments: given, signal }) => {
    const call = isJsonObject(given) ? given : {};
    const job = jobOf(options, call);
    const JobId = randomUUID();
    const attempts: Attempt[] = [];
    while (attempts.length < job.attempts) {
      const attempt = await run(options, job, call, { JobId, number: attempts.length + 1, signal });
      attempts.push(attempt);
      if (attempt.ExitCode === 0 || !isRetried(job, attempt)) break;
      signal.throwIfAborted();
    }
    const last = attempts.at(-1) ?? { ExitCode: 1 };
    const description = {
      Attempts: attempts.map((Container) => ({ Container: { ...Container } })),
      Container: { ...last },
      JobDefinition: job.arn,
      JobId,
      JobName: String(call.JobName),
      JobQueue: String(call.JobQueue),
      Status: last.ExitCode === 0 ? 'SUCCEEDED' : 'FAILED',
    };
    if (last.ExitCode === 0) return description;
    const StatusReason = 'Essential container in task exited';
    throw new StatesError('States.TaskFailed', JSON.stringify({ ...description, StatusReason }));
  };
}

type Call = { readonly [key: string]: Json };

function jobOf(
  { queues, jobs }: BatchOptions,
  { JobQueue, JobDefinition, JobName }: Call,
): JobPlan {
  const refuse = (what: string) => new StatesError('Batch.ClientException', what);
  if (typeof JobName !== 'string' || !/^[\w-]{1,128}$/.test(JobName)) {
    throw refuse('a JobName is 1 to 128 letters, digits, - and _');
  }
  if (!queues.some((queue) => named(queue, JobQueue))) throw refuse(`no queue ${JobQueue}`);
  const job = jobs.find(({ arn }) => named(arn, JobDefinition));
  if (job) return job;
  throw refuse(`no job definition ${JobDefinition}`);
}

/** By ARN, with the revision or without, or by name. */
const named = (arn: string, given: Json | undefined): boolean => {
  const bare = arn.replace(/:\d+$/, '');
  return given === arn || given === bare || given === bare.split('/').at(-1);
};

const isRetried = ({ evaluateOnExit }: JobPlan, { ExitCode, Reason = '' }: Attempt): boolean => {
  const rule = evaluateOnExit.find(
    ({ exitCode, reason, statusReason }) =>
      (exitCode === undefined || matches(exitCode, String(ExitCode))) &&
      (reason === undefined || matches(reason, Reason)) &&
      (statusReason === undefined || matches(statusReason, 'Essential container in task exited')),
  );
  return rule?.action !== 'exit';
};

/** Rules may end with `*`. */
const matches = (pattern: string, text: string): boolean =>
  pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;

async function run(
  { root, environment, log }: BatchOptions,
  job: JobPlan,
  call: Call,
  attempt: { readonly JobId: string; readonly number: number; readonly signal: AbortSignal },
): Promise<Attempt> {
  const temp = makeTempDir('batch');
  const members = new Set<number>();
  let reason: string | undefined;
  const kill = (): void => {
    growTree(members, processTable());
    killTree(members);
  };
  const child = spawn(process.execPath, ['start.js', ...commandOf(job, call)], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      TMPDIR: temp,
      AWS_BATCH_JOB_ID: attempt.JobId,
      AWS_BATCH_JOB_ATTEMPT: String(attempt.number),
      ...job.environment,
      ...environmentOf(call),
      ...environment,
    },
  });
  if (child.pid !== undefined) members.add(child.pid);
  const unwatch = watch({
    members,
    temp,
    memoryLimit: job.memoryMiB * 2 ** 20,
    tempLimit: TEMP_BYTES,
    peakBytes: 0,
    peakTempBytes: 0,
    exceeded: (what) => {
      reason = what === 'memory' ? 'OutOfMemoryError: Container killed due to memory usage' : what;
      kill();
    },
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => log?.(job.name, text));
  }
  const timer = setTimeout(() => {
    reason = 'Job attempt duration exceeded timeout';
    kill();
  }, job.timeoutSeconds * 1000);
  attempt.signal.addEventListener('abort', kill, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    return { ExitCode: code ?? 137, ...(reason !== undefined && { Reason: reason }) };
  } finally {
    clearTimeout(timer);
    attempt.signal.removeEventListener('abort', kill);
    unwatch();
    kill();
    removeTempDir(temp);
  }
}

const overridesOf = ({ ContainerOverrides }: Call): Call =>
  isJsonObject(ContainerOverrides) ? ContainerOverrides : {};

function commandOf({ command }: JobPlan, call: Call): readonly string[] {
  const given = overridesOf(call).Command;
  return Array.isArray(given) ? given.map(String) : command;
}

function environmentOf(call: Call): Readonly<Record<string, string>> {
  const given = overridesOf(call).Environment;
  const pairs: readonly Json[] = Array.isArray(given) ? given : [];
  return Object.fromEntries(
    pairs.filter(isJsonObject).map(({ Name, Value }) => [String(Name), String(Value)]),
  );
}
