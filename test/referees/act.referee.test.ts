/** act: what an action tells its runner, and what it is told, is the same by another runner. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runAction } from '../action/_runner.ts';
import { type Models, startModels } from '../emulators/github/_models.ts';
import { pullRequestEvent } from '../emulators/github/start-github.ts';
import { type ActRun, runAct } from './_act.ts';
import { withReferee } from './_referee.ts';

const FIXTURES = join(import.meta.dirname, '..', 'action', 'fixtures');
const ECHO = join(FIXTURES, 'echo-action');
const ACTIONS = {
  'OWNER/echo@v1': ECHO,
  'aws-actions/configure-aws-credentials@v5': join(FIXTURES, 'configure-aws-credentials'),
};

withReferee('act', (program) => {
  let models: Models;

  beforeAll(async () => {
    models = await startModels();
  });
  afterAll(() => models[Symbol.asyncDispose]());

  function run(token: string, workflow: string): Promise<ActRun> {
    const { github, repository, pull } = models;
    const event = pullRequestEvent(repository, pull);
    return runAct({ program, github, event, token, workflow, actions: ACTIONS });
  }

  it.each(['0', '3'])('an action that ends with %s', async (code) => {
    const { github, repository, pull } = models;
    const event = pullRequestEvent(repository, pull);
    const token = github.createToken(repository, { 'pull-requests': 'read' });
    const inputs = { greeting: 'good morning', 'exit-code': code };
    const ours = await runAction({ action: ECHO, github, event, token, inputs });
    const theirs = await run(
      token,
      `
on: pull_request
jobs:
  echo:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: OWNER/echo@v1
        with: { greeting: good morning, exit-code: ${code} }
`,
    );
    const step = theirs.jobs.echo?.steps.find(({ name }) => name === 'OWNER/echo@v1');
    expect(step).toMatchObject({
      exitCode: ours.exitCode,
      outputs: ours.outputs,
      env: ours.env,
      summary: ours.summary,
      annotations: ours.annotations,
      masks: ours.masks,
      result: code === '0' ? 'success' : 'failure',
    });
    expect(theirs.exitCode === 0).toBe(code === '0');
    expect(theirs.jobs.echo?.result).toBe(step?.result);
    expect(ours.outputs.pull).toBe('smaller');
    // Nothing that is hidden is told by either.
    expect(`${step?.log}${ours.log}`).not.toMatch(/hidden-value|ghs_/);
  });

  it('outputs of one job are inputs of another, which fails alone', async () => {
    const token = models.github.createToken(models.repository, {});
    const done = await run(
      token,
      `
on: pull_request
jobs:
  measure:
    runs-on: ubuntu-latest
    permissions: { contents: read }
    outputs: { lines: '\${{ steps.echo.outputs.lines }}' }
    steps:
      - uses: actions/checkout@v4
      - { id: echo, uses: OWNER/echo@v1, with: { greeting: from measure } }
  comment:
    needs: measure
    runs-on: ubuntu-latest
    permissions: { pull-requests: write }
    steps:
      - uses: actions/checkout@v4
      - uses: OWNER/echo@v1
        with:
          greeting: '\${{ needs.measure.outputs.lines }}'
          exit-code: 1
`,
    );
    expect(done.jobs.measure?.steps.at(-1)?.outputs.lines).toBe('first = 1\n\nsecond << 2');
    expect(done.jobs.comment?.steps.at(-1)?.outputs.greeting).toBe('first = 1\n\nsecond << 2');
    // The token may not read pull requests: the emulator says so in both jobs.
    expect(done.jobs.measure?.steps.at(-1)?.outputs.pull).toBe('answer 403');
    expect(done.jobs).toMatchObject({
      measure: { result: 'success' },
      comment: { result: 'failure' },
    });
    expect(done.exitCode).not.toBe(0);
  });

  it('credentials of an earlier step reach later ones, and stay hidden', async () => {
    const token = models.github.createToken(models.repository, {});
    const done = await run(
      token,
      `
on: pull_request
jobs:
  aws:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: aws-actions/configure-aws-credentials@v5
        with: { role-to-assume: 'arn:aws:iam::123456789012:role/fettle', aws-region: eu-west-1 }
      - run: echo "region=$AWS_REGION secret=$AWS_SECRET_ACCESS_KEY"
`,
    );
    expect(done.jobs.aws?.result).toBe('success');
    expect(done.jobs.aws?.steps.at(-1)?.log).toBe('region=eu-west-1 secret=***\n');
  });
});
