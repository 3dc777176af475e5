import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTempDir, removeTempDir } from '../../shared/base/files.ts';
import { type Models, startModels } from '../emulators/github/_models.ts';
import { pullRequestEvent } from '../emulators/github/start-github.ts';
import { jobOutputs, type RunActionOptions, runAction } from './_runner.ts';

const ECHO = join(import.meta.dirname, 'fixtures', 'echo-action');
let models: Models;
let folder: string;

beforeAll(async () => {
  models = await startModels();
  folder = makeTempDir('test');
});
afterAll(async () => {
  await models[Symbol.asyncDispose]();
  removeTempDir(folder);
});

function run(options: Partial<RunActionOptions> = {}) {
  const { github, repository, pull } = models;
  const token = github.createToken(repository, { 'pull-requests': 'read' });
  return runAction({
    action: ECHO,
    github,
    event: pullRequestEvent(repository, pull),
    token,
    ...options,
    inputs: { greeting: 'hello', ...options.inputs },
  });
}

/** An action of one script. */
function scripted(name: string, script: string): string {
  const action = join(folder, name);
  mkdirSync(action);
  writeFileSync(
    join(action, 'action.yml'),
    `name: ${name}\ndescription: test\nruns: { using: node24, main: main.js }\n`,
  );
  writeFileSync(join(action, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(action, 'main.js'), script);
  return action;
}

describe('a run', () => {
  it('tells all that the action told', async () => {
    const done = await run({ inputs: { 'exit-code': '3' } });
    expect(done).toMatchObject({
      exitCode: 3,
      outputs: { greeting: 'hello', pull: 'smaller', lines: 'first = 1\n\nsecond << 2' },
      env: { ECHO_LEVEL: 'quiet' },
      state: { begun: 'yes' },
      summary: '## pull_request of smaller into main\n',
      masks: ['hidden-value'],
      warnings: [],
      annotations: [
        {
          level: 'error',
          file: 'fettle.yml',
          line: 3,
          title: 'Too large: digits',
          message: '3 MB\nare too much',
        },
        { level: 'warning', message: 'mind the 100%' },
      ],
    });
    expect(done.log).toMatch(/node 24 says \*\*\* in .*workspace/);
    expect(done.rawLog).toMatch(/says hidden-value/);
    const [call] = models.github.calls.filter(({ operation }) => operation === 'pulls/get');
    expect(call?.receivedAt).toBeGreaterThanOrEqual(done.startedAt);
  });

  it('warns of inputs as a runner does, and goes on', async () => {
    const done = await run({ inputs: { 'old-name': 'x', Level: 'loud', wrong: 'y' } });
    expect(done.exitCode).toBe(0);
    expect(done.env.ECHO_LEVEL).toBe('loud');
    expect(done.warnings).toEqual([
      "Input 'old-name' has been deprecated with message: use greeting",
      "Unexpected input(s) 'wrong', valid inputs are ['greeting', 'level', 'token', 'old-name', 'exit-code']",
    ]);
  });

  it("knows nothing of this machine's environment", async () => {
    process.env.FETTLE_TEST_LEAK = 'leaks';
    const action = scripted('environment', 'console.log(Object.keys(process.env).join(" "))');
    const { rawLog } = await run({ action, env: { AWS_REGION: 'eu-west-1' } });
    delete process.env.FETTLE_TEST_LEAK;
    const names = rawLog.trim().split(' ');
    expect(names).toContain('AWS_REGION');
    expect(names.filter((name) => !/^(GITHUB|RUNNER|INPUT)_/.test(name)).toSorted()).toEqual([
      'AWS_REGION',
      'CI',
      'HOME',
      'LANG',
      'PATH',
    ]);
    // Only composite actions are told.
    expect(names).not.toContain('GITHUB_ACTION_PATH');
  });

  it('is ended where it does not end, with all that it started', async () => {
    const script =
      'import { spawn } from "node:child_process"; spawn("sleep", ["60"], { stdio: "inherit" }); setInterval(() => {}, 1000);';
    const action = scripted('endless', script);
    await expect(run({ action, seconds: 0.5 })).rejects.toThrow(/did not end within 0.5 s/);
  });

  it('shows no summary over a mebibyte, and ten annotations of a kind', async () => {
    const action = scripted(
      'large',
      `import { writeFileSync } from 'node:fs';
      writeFileSync(process.env.GITHUB_STEP_SUMMARY, 'x'.repeat(2 ** 20 + 1));
      for (let n = 0; n < 12; n++) console.log('::error::' + n);
      console.log('::set-output name=a::b');`,
    );
    const done = await run({ action });
    expect(done.summary).toBe('');
    expect(done.warnings).toEqual([
      "Unexpected input(s) 'greeting', valid inputs are []",
      expect.stringMatching(/upload aborted.*got 1024k/),
      'The `set-output` command is disabled',
    ]);
    expect(done.annotations).toHaveLength(10);
    expect(done.droppedAnnotations.map(({ message }) => message)).toEqual(['10', '11']);
    expect(done.outputs).toEqual({});
  });

  it.each([
    ['no action.yml', () => folder, /has no action.yml/],
    [
      'no script',
      () => {
        const action = scripted('scriptless', '');
        writeFileSync(
          join(action, 'action.yml'),
          'name: a\ndescription: b\nruns: { using: node24, main: no.js }\n',
        );
        return action;
      },
      /no.js does not exist/,
    ],
    [
      'an old Node',
      () => {
        const action = scripted('old', '');
        writeFileSync(
          join(action, 'action.yml'),
          'name: a\ndescription: b\nruns: { using: node20, main: main.js }\n',
        );
        return action;
      },
      /node24/,
    ],
  ])('is refused with %s', async (_, action, told) => {
    await expect(run({ action: action() })).rejects.toThrow(told);
  });
});

describe('outputs for other jobs', () => {
  it('are without those that hold something hidden', () => {
    const outputs = { a: 'fine', b: 'has ghs_secret in it', c: 'and hidden' };
    expect(jobOutputs({ outputs, masks: ['hidden'] }, ['ghs_secret'])).toEqual({ a: 'fine' });
  });

  it('have a mebibyte at most', () => {
    const outputs = { a: 'x'.repeat(600_000) };
    expect(() => jobOutputs({ outputs, masks: [] }, [])).toThrow(/1200000 bytes/);
  });
});
