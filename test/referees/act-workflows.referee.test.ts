/** The workflow files of the documents, as they are printed, by act: the Action is a checkout with nothing installed. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeTempDir, removeTempDir } from '../../shared/base/files.ts';
import { USUAL } from '../action/_bundle.ts';
import { startStubApi } from '../action/_stub-api.ts';
import { type Fate, reportOf } from '../action/post/_stage.ts';
import { ROOT } from '../architecture/sources.ts';
import {
  type GithubEmulator,
  type Permissions,
  pullRequestEvent,
  type Repository,
  scheduleEvent,
  startGithub,
  type WorkflowEvent,
  workflowRunEvent,
} from '../emulators/github/start-github.ts';
import { type ActOptions, type ActRun, runAct } from './_act.ts';
import { checkOutAction } from './_checkout.ts';
import { printed } from './_documents.ts';
import { withReferee } from './_referee.ts';

const FETTLE = 'OWNER/fettle@v1';
const CREDENTIALS = 'aws-actions/configure-aws-credentials@v6';
/** Of one case: a busy machine takes a minute to install what measures. */
const SECONDS = 280;

const DIGITS = readFileSync(join(ROOT, 'examples', 'digits', 'digits.onnx'));
const SAMPLES = readFileSync(join(ROOT, 'examples', 'digits', 'test.npz'));

/** Two variants in a second: what is tested is the way, and not the figures. */
const config = (budget: string) => `version: 1
models:
  digits:
    source: models/digits.onnx
    data: { all: data/test.npz, metric: top1 }
    variants: [float16]
    ship: float16
    seconds: 1
    budget: { size: ${budget} }
`;

/** The same model saved by another program: the last of two names holds. */
const resaved = (): Uint8Array => Buffer.concat([DIGITS, Buffer.from('\x12\x07another')]);

withReferee('act', (program) => {
  let folder: string;
  let fettle: string;
  let github: GithubEmulator;
  let repository: Repository;

  beforeAll(async () => {
    folder = makeTempDir('workflows');
    fettle = checkOutAction(folder);
    github = await startGithub();
    repository = github.createRepository('octo/models');
    repository.push('main', {
      'models/digits.onnx': DIGITS,
      'data/test.npz': SAMPLES,
      'fettle.yml': config('1 MB'),
    });
  });
  afterAll(async () => {
    await github.close();
    removeTempDir(folder);
  });

  function run(
    workflow: string,
    event: WorkflowEvent,
    permissions: Permissions,
    more: Partial<ActOptions> = {},
  ): Promise<ActRun> {
    const token = github.createToken(repository, permissions);
    const { env, ...rest } = more;
    return runAct({
      program,
      workflow,
      github,
      event,
      token,
      seconds: 240,
      actions: {
        [FETTLE]: fettle,
        [CREDENTIALS]: join(ROOT, 'test/action/fixtures/configure-aws-credentials'),
      },
      // As on a machine that has run it before: what is installed once stays.
      env: { ...npmSettings(), RUNNER_TOOL_CACHE: join(folder, 'tools'), ...env },
      ...rest,
    });
  }

  const stepOf = (done: ActRun, job: string) =>
    done.jobs[job]?.steps.find(({ name }) => name === FETTLE);

  it("the README's: a model that was saved again is OK", { timeout: SECONDS * 1000 }, async () => {
    repository.push('saved', { 'models/digits.onnx': resaved() }, { from: 'main' });
    const pull = repository.openPull({ head: 'saved' });
    const event = pullRequestEvent(repository, pull);
    const done = await run(printed('README.md'), event, USUAL);
    expect(done.log).toMatch(/installed in/);
    expect(stepOf(done, 'models')).toMatchObject({
      result: 'success',
      outputs: { verdict: 'ok', 'changed-models': '["models/digits.onnx"]' },
    });
    expect(done.exitCode).toBe(0);
    expect(pull.comments).toHaveLength(1);
    expect(pull.comments[0]?.body).toMatch(/Fettle: OK/);
  });

  it('forks: the first workflow is red and silent, the second comments', {
    timeout: SECONDS * 1000,
  }, async () => {
    repository.push('main', { 'fettle.yml': config('1 KB') });
    const fork = github.fork(repository, 'mallory');
    fork.push(
      'larger',
      { 'models/digits.onnx': resaved(), 'fettle.yml': config('1 GB') },
      { from: 'main' },
    );
    const pull = repository.openPull({ head: 'larger', headRepository: fork });
    const event = workflowRunEvent(repository, pull);
    const workflow = printed('docs/github-action.md', 'Pull requests from forks');
    const done = await run(workflow, event, USUAL);
    expect(stepOf(done, 'measure')).toMatchObject({ result: 'success' });
    const numbers = stepOf(done, 'measure')?.outputs.numbers ?? '';
    expect(numbers).not.toMatch(/digits|1 GB/);
    expect(stepOf(done, 'comment')).toMatchObject({ outputs: { verdict: 'regressed' } });
    expect(pull.comments).toHaveLength(1);
    expect(pull.comments[0]?.body).toMatch(/Regressed/);
  });

  it('AWS: credentials of the step before, and a function that knows the answer', async () => {
    const fates: Record<string, Fate> = { digits: 'broken' };
    await using api = await startStubApi(({ name = '' }) => ({
      state: 'done',
      report: reportOf({ [name]: fates[name] ?? 'ok' }),
    }));
    const { AWS_ENDPOINT_URL_LAMBDA = '' } = api.env;
    repository.push('aws', { 'models/digits.onnx': resaved() }, { from: 'main' });
    const pull = repository.openPull({ head: 'aws' });
    const event = pullRequestEvent(repository, pull);
    const workflow = printed('docs/github-action.md', 'Measuring in AWS');
    const done = await run(workflow, event, USUAL, { env: { AWS_ENDPOINT_URL_LAMBDA } });
    expect(api.asked).toHaveLength(1);
    expect(stepOf(done, 'models')).toMatchObject({
      result: 'failure',
      exitCode: 1,
      outputs: { verdict: 'regressed' },
    });
    expect(pull.threads).toMatchObject([{ path: 'models/digits.onnx', subject: 'file' }]);
  });

  it('a schedule: an issue while something is wrong', { timeout: SECONDS * 1000 }, async () => {
    const workflow = printed('docs/github-action.md', 'On a schedule');
    repository.push('main', { 'fettle.yml': config('1 KB') });
    const rights = { contents: 'read', issues: 'write' } as const;
    await run(workflow, scheduleEvent(repository), rights);
    const own = [...repository.issues.values()].filter(
      ({ author }) => author.login === 'github-actions[bot]',
    );
    expect(own).toMatchObject([{ state: 'open', body: expect.stringMatching(/Regressed/) }]);
  });
});

/** How npm finds its registry here, and what it has loaded before. */
function npmSettings(): Readonly<Record<string, string>> {
  const get = (name: string): string =>
    execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
  return {
    npm_config_registry: get('registry'),
    npm_config_cache: get('cache'),
    // What the cache has is checked against the lock all the same.
    npm_config_prefer_offline: 'true',
  };
}
