/** The committed bundle on a repository of models, with a stack that has measured them before. */
import { fileURLToPath } from 'node:url';
import { type Report, reportSchema } from '../../shared/report/schema.ts';
import {
  type GithubEmulator,
  type GithubOptions,
  type Permissions,
  type Pull,
  pullRequestEvent,
  type Repository,
  startGithub,
  type WorkflowEvent,
} from '../emulators/github/start-github.ts';
import { onnxModel } from './_models.ts';
import { type ActionRun, type RunActionOptions, runAction } from './_runner.ts';
import { type StubApi, startStubApi } from './_stub-api.ts';
import { type Fate, reportOf } from './post/_stage.ts';

/** The folder with `action.yml`: a checkout as `uses:` makes it. */
export const ACTION = fileURLToPath(new URL('../..', import.meta.url));

/** What the documents ask for. */
export const USUAL: Permissions = { contents: 'read', 'pull-requests': 'write' };

export interface World extends AsyncDisposable {
  readonly github: GithubEmulator;
  readonly repository: Repository;
  readonly api: StubApi;
  /** What becomes of each model, by name; `ok` unless it is told. */
  readonly fates: Map<string, Fate>;
  run(event: WorkflowEvent, options?: RunOptions): Promise<WorldRun>;
  /** For the pull request as it is now. */
  runFor(pull: Pull, options?: RunOptions): Promise<WorldRun>;
}

export interface RunOptions extends Partial<Omit<RunActionOptions, 'event' | 'github' | 'token'>> {
  readonly permissions?: Permissions;
}

/** A run, with the requests that it made. */
export interface WorldRun extends ActionRun {
  readonly token: string;
  readonly requests: readonly string[];
  readonly writes: readonly string[];
}

/** Models `a`, `b` and `c` in `fettle.yml`, each with a budget, on `main`. */
export async function startWorld(options: GithubOptions = {}): Promise<World> {
  const github = await startGithub(options);
  const fates = new Map<string, Fate>();
  const api = await startStubApi((message) => {
    const name = message.name ?? '';
    return { state: 'done', report: shipped(reportOf({ [name]: fates.get(name) ?? 'ok' })) };
  });
  const repository = github.createRepository('octo/models');
  repository.push('main', {
    'fettle.yml': configOf(['a', 'b', 'c']),
    'models/a.onnx': onnxModel(1),
    'models/b.onnx': onnxModel(2),
    'models/c.onnx': onnxModel(3),
    'README.md': 'Models.\n',
  });
  const run = async (event: WorkflowEvent, options: RunOptions = {}): Promise<WorldRun> => {
    const { permissions = USUAL, inputs, env, ...rest } = options;
    const token = github.createToken(repository, permissions);
    const before = github.calls.length;
    const done = await runAction({
      action: ACTION,
      github,
      event,
      token,
      ...rest,
      inputs: { mode: 'aws', ...inputs },
      env: { ...api.env, ...env },
    });
    const own = github.calls.slice(before);
    return {
      ...done,
      token,
      requests: own.map(({ operation }) => operation),
      writes: own.filter(({ isWrite }) => isWrite).map(({ operation }) => operation),
    };
  };
  return {
    github,
    repository,
    api,
    fates,
    run,
    runFor: (pull, how) => run(pullRequestEvent(repository, pull), how),
    [Symbol.asyncDispose]: async () => {
      await github.close();
      await api[Symbol.asyncDispose]();
    },
  };
}

/** The same with the variant in the place of the model as it is: the budgets of a configuration are of what it ships. */
const shipped = (report: Report): Report =>
  reportSchema.parse(JSON.parse(JSON.stringify(report).replaceAll('"model"', '"float16"')));

/** A configuration that names the models of `models/`. The budget of the first is on line 5. */
export const configOf = (names: readonly string[]): string =>
  [
    'version: 1',
    'models:',
    ...names.flatMap((name) => [
      `  ${JSON.stringify(name)}:`,
      `    source: ${JSON.stringify(`models/${name}.onnx`)}`,
      '    budget: { size: 100 kB }',
      '    ship: float16',
    ]),
    '',
  ].join('\n');
