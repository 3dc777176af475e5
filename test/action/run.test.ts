import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as emulator from '../emulators/github/start-github.ts';
import { runAction } from './_runner.ts';
import { sourceAction } from './_source-action.ts';

const action = sourceAction();
const READ = { contents: 'read', 'pull-requests': 'write' } as const;

let github: emulator.GithubEmulator;
let repository: emulator.Repository;
beforeAll(async () => {
  github = await emulator.startGithub();
  repository = github.createRepository('octo/models');
  repository.push('main', { 'README.md': 'x', 'm/a.onnx': 'no model' });
});
afterAll(() => github.close());

const run = (event: emulator.WorkflowEvent, inputs: Record<string, string> = {}) =>
  runAction({ action, github, event, inputs, token: github.createToken(repository, READ) });

describe('a mistake in the workflow', () => {
  test('is an annotation, and nobody is asked anything', async () => {
    github.forgetCalls();
    const { exitCode, annotations } = await run(emulator.scheduleEvent(repository), {
      mode: 'lokal',
    });
    expect(exitCode).toBe(1);
    expect(annotations).toMatchObject([
      { level: 'error', message: expect.stringContaining('Did you mean "local"?') },
    ]);
    expect(github.calls).toEqual([]);
  });

  test('a job with a right too many opens no model of a fork', async () => {
    const fork = github.fork(repository, 'mallory');
    fork.push('patch', { 'm/a.onnx': 'theirs' }, { from: 'main' });
    const pull = repository.openPull({ head: 'patch', headRepository: fork, author: 'mallory' });
    const { exitCode, annotations } = await run(emulator.workflowRunEvent(repository, pull));
    expect(exitCode).toBe(1);
    expect(annotations[0]?.message).toContain('comment: none');
  });
});

test('a mistake in the configuration is an annotation on its line, and is commented', async () => {
  repository.push(
    'mistake',
    { 'fettle.yml': 'version: 1\nmodels:\n  a: { sorce: m/a.onnx }\n' },
    { from: 'main' },
  );
  const pull = repository.openPull({ head: 'mistake' });
  const { exitCode, annotations, outputs, summary } = await run(
    emulator.pullRequestEvent(repository, pull),
  );
  expect(exitCode).toBe(1);
  expect(annotations).toMatchObject([{ level: 'error', file: 'fettle.yml', line: 3 }]);
  expect(outputs).toMatchObject({ verdict: 'failed', 'changed-models': '[]', report: '' });
  expect(summary).toContain('sorce');
  expect(pull.comments).toHaveLength(1);
  expect(outputs['comment-url']).toContain('#issuecomment-');
  expect(github.problems).toEqual([]);
});

test('where no model changed it is quiet', async () => {
  repository.push('text', { 'README.md': 'y' }, { from: 'main' });
  const pull = repository.openPull({ head: 'text' });
  const { exitCode, outputs, annotations } = await run(emulator.pullRequestEvent(repository, pull));
  expect({ exitCode, annotations }).toEqual({ exitCode: 0, annotations: [] });
  expect(outputs).toMatchObject({ verdict: 'ok', 'changed-models': '[]' });
  expect(pull.comments).toEqual([]);
});

test('where GitHub is down the summary says so, and the step fails', async () => {
  github.addFaults({ operation: /./, status: 403 });
  const { exitCode, summary, outputs } = await run(emulator.pushEvent(repository, 'main'));
  github.clearFaults();
  expect(exitCode).toBe(1);
  expect(summary).toContain('contents: read');
  expect(outputs.verdict).toBe('failed');
});
