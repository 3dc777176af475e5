/** Workflows run by act on this machine: no Docker, no GitHub. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { z } from 'zod';
import { makeTempDir, removeTempDir } from '../../shared/base/files.ts';
import type { Annotation } from '../action/_commands.ts';
import type { GithubEmulator, WorkflowEvent } from '../emulators/github/start-github.ts';
import { growTree, processTable } from '../emulators/lambda/process-tree.ts';

export interface ActOptions {
  /** act. */
  readonly program: string;
  /** The YAML as a user writes it. `actions/checkout` copies the repository, all else needs `actions`. */
  readonly workflow: string;
  readonly github: GithubEmulator;
  readonly event: WorkflowEvent;
  readonly token: string;
  /** Folders that stand for `uses: OWNER/NAME@REF`. */
  readonly actions: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** One job and what it needs; all by default. */
  readonly job?: string;
  readonly seconds?: number;
}

/** One step, as act tells of it. */
export interface ActStep {
  /** `OWNER/fettle@v1`, or the script. */
  readonly name: string;
  readonly result: string;
  /** Of its process where that was not 0. */
  readonly exitCode: number;
  readonly outputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly annotations: readonly Annotation[];
  readonly masks: readonly string[];
  readonly log: string;
}

export interface ActJob {
  /** `success` or `failure`. */
  readonly result: string;
  readonly steps: readonly ActStep[];
}

export interface ActRun {
  readonly exitCode: number;
  /** By id; a job that was skipped is not there. */
  readonly jobs: Readonly<Record<string, ActJob>>;
  /** All that act wrote. */
  readonly log: string;
}

/** Runs a workflow of the event's repository at the event's commit. */
export async function runAct(options: ActOptions): Promise<ActRun> {
  const { event, github, program, seconds = 120 } = options;
  const folder = makeTempDir('act');
  try {
    const [repository, home] = [join(folder, 'repository'), join(folder, 'home')];
    const rc = join(home, '.config', 'act', 'actrc');
    for (const path of [repository, dirname(rc)]) mkdirSync(path, { recursive: true });
    // Without one it asks which image it should take.
    writeFileSync(rc, '');
    commit(repository, options);
    const payload = join(folder, 'event.json');
    writeFileSync(payload, JSON.stringify(event.payload));
    const variables = {
      ...options.env,
      GITHUB_API_URL: github.apiUrl,
      GITHUB_GRAPHQL_URL: github.graphqlUrl,
      GITHUB_SERVER_URL: github.serverUrl,
      GITHUB_REF: event.ref,
      // As act calls what becomes GITHUB_SHA: that of the commit here is of no repository.
      SHA_REF: event.sha,
    };
    const { exitCode, log } = await start(
      program,
      [
        event.name,
        '--json',
        ...['--eventpath', payload],
        ...['--platform', 'ubuntu-latest=-self-hosted'],
        ...['--secret', `GITHUB_TOKEN=${options.token}`],
        ...['--actor', event.repository.owner],
        ...(options.job === undefined ? [] : ['--job', options.job]),
        ...flags('--secret', options.secrets ?? {}),
        ...flags('--env', variables),
        ...flags('--local-repository', options.actions),
      ],
      {
        cwd: repository,
        // Node 24 for actions, and nothing else of this machine.
        env: { HOME: home, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) },
        seconds,
      },
    );
    return { exitCode, log, jobs: jobsOf(log) };
  } finally {
    removeTempDir(folder);
  }
}

/** A line of its log in JSON; all else is for people. */
const lineSchema = z.object({
  jobID: z.string().optional(),
  jobResult: z.string().optional(),
  stage: z.string().optional(),
  step: z.string().optional(),
  stepID: z.array(z.string()).optional(),
  stepResult: z.string().optional(),
  msg: z.string().default(''),
  raw_output: z.boolean().optional(),
  command: z.string().optional(),
  name: z.string().optional(),
  arg: z.string().default(''),
  content: z.string().optional(),
  kvPairs: z.record(z.string(), z.string()).nullish(),
});

type Line = z.infer<typeof lineSchema>;

function jobsOf(log: string): Readonly<Record<string, ActJob>> {
  const lines = log.split('\n').flatMap((text) => {
    if (!text.startsWith('{')) return [];
    const { success, data } = lineSchema.safeParse(parseJson(text));
    return success ? [data] : [];
  });
  const byJob = Object.groupBy(lines, ({ jobID }) => jobID ?? '');
  return Object.fromEntries(
    Object.entries(byJob).flatMap(([id, own = []]) => {
      const result = own.find(({ jobResult }) => jobResult !== undefined)?.jobResult;
      if (id === '' || result === undefined) return [];
      const main = own.filter(({ stage }) => stage === 'Main');
      const bySteps = Object.groupBy(main, ({ stepID }) => stepID?.join('/') ?? '');
      return [[id, { result, steps: Object.values(bySteps).map((some = []) => stepOf(some)) }]];
    }),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function stepOf(lines: readonly Line[]): ActStep {
  const commands = (name: string) => lines.filter(({ command }) => command === name);
  const values = (name: string) =>
    Object.fromEntries(commands(name).map((line) => [line.name ?? '', line.arg]));
  const status = lines.map(({ msg }) => /^exit status (\d+)$/.exec(msg)?.[1]).find(Boolean);
  return {
    name: lines[0]?.step ?? '',
    result: lines.find(({ stepResult }) => stepResult !== undefined)?.stepResult ?? '',
    exitCode: Number(status ?? 0),
    outputs: values('set-output'),
    env: values('set-env'),
    summary: commands('summary')
      .map(({ content = '' }) => content)
      .join(''),
    annotations: lines.flatMap((line) => annotationOf(line) ?? []),
    masks: commands('add-mask').map(({ arg }) => arg),
    log: lines
      .filter((line) => line.raw_output === true)
      .map(({ msg }) => msg)
      .join(''),
  };
}

function annotationOf({ command, arg, kvPairs }: Line): Annotation | undefined {
  const level = (['error', 'warning', 'notice'] as const).find((one) => one === command);
  if (!level) return undefined;
  const { title, file, line } = kvPairs ?? {};
  return {
    level,
    message: arg,
    ...(title && { title }),
    ...(file && { file }),
    ...(line && { line: Number(line) }),
  };
}

const flags = (name: string, values: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(values).flatMap(([key, value]) => [name, `${key}=${value}`]);

/** act reads the repository's name out of the remote, and its commit out of the history. */
function commit(folder: string, { event, workflow }: ActOptions): void {
  event.repository.checkout(event.sha, folder);
  const file = join(folder, '.github', 'workflows', 'models.yml');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, workflow);
  const git = (...args: string[]): void => {
    execFileSync('git', ['-c', 'user.name=octo', '-c', 'user.email=octo@example.com', ...args], {
      cwd: folder,
      stdio: 'ignore',
    });
  };
  git('init', '--initial-branch', event.repository.defaultBranch);
  git('remote', 'add', 'origin', `https://github.com/${event.repository.fullName}.git`);
  git('add', '--all');
  git('commit', '--message', 'what is checked out');
}

/** Steps have sessions of their own: what is left of them does not end with act. */
function endTree(pid: number): void {
  const members = new Set([pid]);
  growTree(members, processTable());
  for (const member of members) {
    try {
      process.kill(member, 'SIGKILL');
    } catch {
      // It has just ended by itself.
    }
  }
}

function start(
  program: string,
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly seconds: number;
  },
): Promise<{ exitCode: number; log: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ exitCode: number; log: string }>();
  const { cwd, env, seconds } = options;
  const child = spawn(program, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const timer = setTimeout(() => {
    if (child.pid !== undefined) endTree(child.pid);
    reject(new Error(`the workflow did not end within ${seconds} s:\n${log}`));
  }, seconds * 1000);
  child.on('error', reject);
  child.on('close', (code) => {
    clearTimeout(timer);
    resolve({ exitCode: code ?? 1, log });
  });
  return promise;
}
