import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { findActionPath, readRunner } from '../../action/runner.ts';
import { makeTempDir } from '../../shared/base/files.ts';
import { ROOT } from '../architecture/sources.ts';

const temp = makeTempDir('runner');

test('folders and addresses are those of the runner', () => {
  const env = {
    RUNNER_TEMP: temp,
    RUNNER_TOOL_CACHE: '/tools',
    GITHUB_WORKSPACE: temp,
    GITHUB_STEP_SUMMARY: '/summary',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'octo/models',
    GITHUB_RUN_ID: '12',
  };
  const runner = readRunner(env);
  expect(dirname(runner.temp)).toBe(temp);
  expect(readRunner(env).temp).not.toBe(runner.temp);
  expect(runner).toEqual({
    temp: runner.temp,
    toolCache: '/tools',
    workspace: temp,
    summaryPath: '/summary',
    link: 'https://github.com/octo/models/actions/runs/12',
    actionPath: join(ROOT),
  });
});

test('what is not there is left out', () => {
  const runner = readRunner({ RUNNER_TEMP: temp, GITHUB_WORKSPACE: join(temp, 'none') });
  expect(runner).toEqual({
    temp: runner.temp,
    toolCache: join(temp, 'tools'),
    actionPath: join(ROOT),
  });
});

test('elsewhere than on a runner it says so', () => {
  expect(() => readRunner({})).toThrow('RUNNER_TEMP');
});

test('the checkout of the Action is that of the bundle', () => {
  const checkout = join(temp, 'checkout');
  mkdirSync(join(checkout, 'action', 'dist'), { recursive: true });
  writeFileSync(join(checkout, 'package.json'), '{ "name": "fettle" }');
  writeFileSync(join(checkout, 'action', 'package.json'), '{ "name": "other" }');
  const url = pathToFileURL(join(checkout, 'action', 'dist', 'main.js')).href;
  expect(findActionPath(url)).toBe(checkout);
  expect(() => findActionPath(pathToFileURL(join(temp, 'x.js')).href)).toThrow('package.json');
});
