import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findStates } from '../../action/changes/states.ts';
import { openGitHub } from '../../action/github/client.ts';
import { openRepository } from '../../action/github/repository.ts';
import { readInputs } from '../../action/inputs.ts';
import { compare, gather, reportFolder } from '../../action/measure.ts';
import { toPullRequest } from '../../action/trigger.ts';
import { makeTempDir } from '../../shared/base/files.ts';
import { silentLog } from '../../shared/base/log.ts';
import * as emulator from '../emulators/github/start-github.ts';
import { onnxModel } from './_models.ts';

const NAMES = ['a', 'b', 'c'];
const commit = (value: number): Record<string, Uint8Array> =>
  Object.fromEntries(NAMES.map((name, at) => [`m/${name}.onnx`, onnxModel(value + at)]));

let github: emulator.GithubEmulator;
let repository: emulator.Repository;
let pull: emulator.Pull;
beforeAll(async () => {
  github = await emulator.startGithub();
  repository = github.createRepository('octo/models');
  repository.push('main', { ...commit(1), 'README.md': 'x' });
  repository.push('change', commit(11), { from: 'main' });
  repository.push('main', { 'README.md': 'main moved on' });
  pull = repository.openPull({ head: 'change' });
});
afterAll(() => github.close());

async function _ports(workspace?: string) {
  const client = openGitHub({
    token: github.createToken(repository, { contents: 'read' }),
    env: {
      GITHUB_API_URL: github.apiUrl,
      GITHUB_SERVER_URL: github.serverUrl,
      GITHUB_REPOSITORY: 'octo/models',
    },
    log: silentLog,
  });
  const temp = makeTempDir('measure');
  const runner = {
    temp,
    toolCache: join(temp, 'tools'),
    actionPath: temp,
    ...(workspace && { workspace }),
  };
  const reader = openRepository(client);
  const { payload } = emulator.pullRequestEvent(repository, pull);
  const own = toPullRequest(JSON.parse(JSON.stringify(payload)).pull_request);
  const states = await findStates({ kind: 'pull-request', pull: own }, reader);
  if (!states) throw new Error('no states');
  return { ports: { github: client, reader, runner, log: silentLog }, states };
}

const inputs = readInputs({ INPUT_TOKEN: 'x' });

describe('three changed models', () => {
  test('take nine requests without a checkout', async () => {
    github.forgetCalls();
    const { ports, states } = await _ports();
    const { changes, problems, stage } = await gather(states, inputs, ports, true);
    expect(problems).toEqual([]);
    expect(changes.map(({ name, status }) => `${name} ${status}`)).toEqual(
      NAMES.map((name) => `m/${name} changed`),
    );
    for (const { base, head } of changes) {
      await stage.files('base', base?.files ?? []);
      await stage.files('head', head?.files ?? []);
    }
    expect(github.calls.length).toBe(9);
    expect(readFileSync(join(stage.root('head'), 'm/a.onnx'))).toEqual(Buffer.from(onnxModel(11)));
    expect(readFileSync(join(stage.root('base'), 'm/a.onnx'))).toEqual(Buffer.from(onnxModel(1)));
    expect(github.problems).toEqual([]);
  });

  test('and six with one, be it of the merge', async () => {
    const workspace = makeTempDir('checkout');
    repository.checkout(emulator.pullRequestEvent(repository, pull).sha, workspace);
    github.forgetCalls();
    const { ports, states } = await _ports(workspace);
    const { changes } = await gather(states, inputs, ports, true);
    expect(changes).toHaveLength(3);
    expect(github.calls.length).toBe(6);
  });

  test('and three where no model may be opened', async () => {
    github.forgetCalls();
    const { ports, states } = await _ports();
    const { changes, stage } = await gather(states, inputs, ports, false);
    expect(changes).toHaveLength(3);
    expect(github.calls.length).toBe(3);
    expect(existsSync(stage.root('head'))).toBe(false);
  });
});

test('where nothing changed nothing is installed or asked', async () => {
  const { ports, states } = await _ports();
  const gathered = { ...(await gather(states, inputs, ports, false)), changes: [] };
  expect(await compare(gathered, states, inputs, ports)).toEqual({ problems: [] });
  const aws = readInputs({ INPUT_TOKEN: 'x', INPUT_MODE: 'aws' });
  expect(await compare(gathered, states, aws, ports)).toEqual({ problems: [] });
  expect(existsSync(ports.runner.toolCache)).toBe(false);
});

test('where models were only taken away nothing is installed', async () => {
  const { ports, states } = await _ports();
  const gathered = await gather(states, inputs, ports, false);
  const changes = gathered.changes.map(({ head: _, ...change }) => ({
    ...change,
    status: 'deleted' as const,
  }));
  const { compared } = await compare({ ...gathered, changes }, states, inputs, ports);
  expect(compared?.report.models.map(({ change }) => change)).toEqual([
    'removed',
    'removed',
    'removed',
  ]);
  expect(existsSync(ports.runner.toolCache)).toBe(false);
});

test('a model whose bytes cannot be had is a problem, and not measured', async () => {
  const { ports, states } = await _ports();
  const gathered = await gather(states, inputs, ports, false);
  const [first] = gathered.changes;
  if (!first?.head) throw new Error('no change');
  const lost = { path: 'm/a.onnx', blob: 'f'.repeat(40), bytes: 5 };
  const changes = [{ ...first, head: { path: 'm/a.onnx', files: [lost] } }];
  const { compared, problems } = await compare({ ...gathered, changes }, states, inputs, ports);
  expect(compared).toBeUndefined();
  expect(problems).toMatchObject([
    { level: 'error', message: expect.stringMatching(/^m\/a: .*404/) },
  ]);
});

test('the report lies below the folder that a runner empties', () => {
  const temp = makeTempDir('measure');
  mkdirSync(temp, { recursive: true });
  expect(reportFolder({ temp, toolCache: '', actionPath: '' })).toBe(join(temp, 'report'));
});
