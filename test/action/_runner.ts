/**
 * Runs an action as GitHub's runner does: `action.yml` read, inputs as `INPUT_*`, the event in a file, command files,
 * Node 24, and nothing of this machine's environment but the way to programs.
 *
 *     const run = await runAction({ action: root, github, token, event: pullRequestEvent(repository, pull) });
 *     expect(run.exitCode).toBe(1);
 *     expect(run.outputs.verdict).toBe('regressed');
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { makeTempDir, removeTempDir } from '../../shared/base/files.ts';
import type { GithubEmulator, WorkflowEvent } from '../emulators/github/start-github.ts';
import { effectiveInputs, readActionFile } from './_action-file.ts';
import { readCommandFile } from './_command-files.ts';
import { type Annotation, hide, readLog } from './_commands.ts';

export interface RunActionOptions {
  /** The folder with `action.yml`. */
  readonly action: string;
  readonly github: Pick<GithubEmulator, 'apiUrl' | 'graphqlUrl' | 'serverUrl'>;
  readonly event: WorkflowEvent;
  /** What `github.token` is. */
  readonly token: string;
  /** `with:` of the workflow. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** `env:` of the workflow, and what steps before have set: AWS credentials, say. */
  readonly env?: Readonly<Record<string, string>>;
  /** `GITHUB_WORKSPACE`: what a checkout left there; an empty folder by default. */
  readonly workspace?: string;
  /** `RUNNER_TOOL_CACHE`: kept from run to run where a test gives it. */
  readonly toolCache?: string;
  /** Until the run is ended; 60 by default. */
  readonly seconds?: number;
  /** Who started it; the repository's owner by default. */
  readonly actor?: string;
  readonly runId?: number;
}

export interface ActionRun {
  readonly exitCode: number;
  readonly outputs: Readonly<Record<string, string>>;
  /** As GitHub shows it: nothing where it is over a mebibyte. */
  readonly summary: string;
  readonly annotations: readonly Annotation[];
  /** Annotations beyond those that GitHub keeps of one step. */
  readonly droppedAnnotations: readonly Annotation[];
  /** What the runner itself says: unknown inputs, a summary that is too large. */
  readonly warnings: readonly string[];
  /** With hidden values as `***`. */
  readonly log: string;
  /** As the process wrote it, stdout and stderr together. */
  readonly rawLog: string;
  readonly masks: readonly string[];
  /** What later steps get: `GITHUB_ENV`, and the state for a `post`. */
  readonly env: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  /** Milliseconds since 1970 at which the process was started, and how many it took. */
  readonly startedAt: number;
  readonly milliseconds: number;
}

/** Bytes of a step's summary that a runner uploads. */
const SUMMARY = 1024 * 1024;

const FILES = ['output', 'env', 'path', 'state', 'step_summary'] as const;

/** @throws Error where a runner could not start it, or it does not end in time */
export async function runAction(options: RunActionOptions): Promise<ActionRun> {
  const { action, event, token, seconds = 60 } = options;
  if (!process.version.startsWith('v24.')) throw new Error(`an action runs under Node 24`);
  const folder = makeTempDir('runner');
  try {
    const file = readActionFile(action);
    const main = join(action, file.runs.main);
    if (!existsSync(main)) throw new Error(`${main} does not exist`);
    const workspace = options.workspace ?? join(folder, 'workspace');
    const context = contextOf(options, folder, workspace);
    const inputs = effectiveInputs(file, options.inputs ?? {}, { token, workspace });
    writeFileSync(context.GITHUB_EVENT_PATH, JSON.stringify(event.payload));
    const startedAt = Date.now();
    const { exitCode, output } = await start(main, workspace, seconds, {
      ...options.env,
      ...runnerOf(options, folder),
      ...context,
      ...inputs.env,
    });
    const milliseconds = Date.now() - startedAt;
    const read = (name: (typeof FILES)[number]): string =>
      readFileSync(join(folder, 'commands', name), 'utf8');
    const log = readLog(output, [token]);
    const summary = summaryOf(read('step_summary'), [token, ...log.masks]);
    return {
      exitCode,
      outputs: readCommandFile(read('output')),
      summary: summary.text,
      annotations: log.annotations,
      droppedAnnotations: log.dropped,
      warnings: [
        ...inputs.warnings,
        ...summary.warnings,
        ...log.refused.map((name) => `The \`${name}\` command is disabled`),
      ],
      log: log.log,
      rawLog: output,
      masks: log.masks,
      env: readCommandFile(read('env')),
      state: readCommandFile(read('state')),
      startedAt,
      milliseconds,
    };
  } finally {
    removeTempDir(folder);
  }
}

/** Outputs that another job gets: those that hold something hidden are left out, and there is a limit of a mebibyte. */
export function jobOutputs(
  run: Pick<ActionRun, 'outputs' | 'masks'>,
  secrets: readonly string[],
): Readonly<Record<string, string>> {
  const hidden = [...secrets, ...run.masks].filter((value) => value !== '');
  const kept = Object.entries(run.outputs).filter(
    ([, value]) => !hidden.some((secret) => value.includes(secret)),
  );
  // Counted as UTF-16.
  const size = kept.reduce((sum, [, value]) => sum + value.length * 2, 0);
  if (size > 1024 * 1024) throw new Error(`the job's outputs have ${size} bytes: over a mebibyte`);
  return Object.fromEntries(kept);
}

function summaryOf(text: string, hidden: readonly string[]) {
  const bytes = Buffer.byteLength(text);
  if (bytes <= SUMMARY) return { text: hide(text, hidden), warnings: [] };
  const told = `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${Math.floor(bytes / 1024)}k`;
  return { text: '', warnings: [told] };
}

/** The variables `GITHUB_*`, with the files made that they name. `GITHUB_ACTION_PATH` is for composite actions alone. */
function contextOf(options: RunActionOptions, folder: string, workspace: string) {
  const { event, github } = options;
  const { repository } = event;
  const actor = options.actor ?? repository.owner;
  const commands = join(folder, 'commands');
  for (const path of [commands, workspace]) mkdirSync(path, { recursive: true });
  for (const name of FILES) writeFileSync(join(commands, name), '');
  const id = (login: string): string => String(repository.world.account(login).id);
  return {
    GITHUB_ACTION: '__run',
    GITHUB_ACTION_REF: 'v1',
    GITHUB_ACTION_REPOSITORY: 'OWNER/fettle',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTOR: actor,
    GITHUB_ACTOR_ID: id(actor),
    GITHUB_API_URL: github.apiUrl,
    GITHUB_BASE_REF: event.baseRef ?? '',
    GITHUB_ENV: join(commands, 'env'),
    GITHUB_EVENT_NAME: event.name,
    GITHUB_EVENT_PATH: join(folder, 'event.json'),
    GITHUB_GRAPHQL_URL: github.graphqlUrl,
    GITHUB_HEAD_REF: event.headRef ?? '',
    GITHUB_JOB: 'fettle',
    GITHUB_OUTPUT: join(commands, 'output'),
    GITHUB_PATH: join(commands, 'path'),
    GITHUB_REF: event.ref,
    GITHUB_REF_NAME: event.ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    GITHUB_REF_PROTECTED: 'false',
    GITHUB_REF_TYPE: 'branch',
    GITHUB_REPOSITORY: repository.fullName,
    GITHUB_REPOSITORY_ID: String(repository.id),
    GITHUB_REPOSITORY_OWNER: repository.owner,
    GITHUB_REPOSITORY_OWNER_ID: id(repository.owner),
    GITHUB_RETENTION_DAYS: '90',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: String(options.runId ?? 1),
    GITHUB_RUN_NUMBER: '1',
    GITHUB_SERVER_URL: github.serverUrl,
    GITHUB_SHA: event.sha,
    GITHUB_STATE: join(commands, 'state'),
    GITHUB_STEP_SUMMARY: join(commands, 'step_summary'),
    GITHUB_TRIGGERING_ACTOR: actor,
    GITHUB_WORKFLOW: 'models',
    GITHUB_WORKFLOW_REF: `${repository.fullName}/.github/workflows/models.yml@${event.ref}`,
    GITHUB_WORKFLOW_SHA: event.sha,
    GITHUB_WORKSPACE: workspace,
  };
}

/** The variables of the machine: no more of it is known than the way to programs. */
function runnerOf(options: RunActionOptions, folder: string) {
  const [home, temp] = [join(folder, 'home'), join(folder, 'temp')];
  const toolCache = options.toolCache ?? join(folder, 'tools');
  for (const path of [home, temp, toolCache]) mkdirSync(path, { recursive: true });
  return {
    CI: 'true',
    HOME: home,
    LANG: 'C.UTF-8',
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    RUNNER_ARCH: process.arch === 'arm64' ? 'ARM64' : 'X64',
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: 'Hosted Agent',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: temp,
    RUNNER_TOOL_CACHE: toolCache,
  };
}

/** A group of its own, so that all that it started ends with it. */
function start(
  main: string,
  cwd: string,
  seconds: number,
  env: Readonly<Record<string, string>>,
): Promise<{ exitCode: number; output: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{
    exitCode: number;
    output: string;
  }>();
  const child = spawn(process.execPath, [main], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const timer = setTimeout(() => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    reject(new Error(`the action did not end within ${seconds} s:\n${output}`));
  }, seconds * 1000);
  child.on('error', reject);
  child.on('close', (code, signal) => {
    clearTimeout(timer);
    if (code === null) reject(new Error(`the action ended by ${signal}:\n${output}`));
    else resolve({ exitCode: code, output });
  });
  return promise;
}
