import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { collectingLog } from '../../../shared/base/log.ts';
import {
  ChildExecutor,
  type ChildExecutorOptions,
} from '../../../shared/pipeline/local/child-executor.ts';
import type { Progress } from '../../../shared/pipeline/step.ts';
import { FolderStore } from '../../../shared/pipeline/store/folder-store.ts';
import { crashing, double, greedy, littering, prying, refusing, sleeper } from './toy-steps.ts';

let dir: string;
const executors: ChildExecutor[] = [];
const log = collectingLog();

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fettle-test-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const executor of executors.splice(0)) await executor.close();
  rmSync(dir, { recursive: true, force: true });
});

function executor(options: Partial<ChildExecutorOptions> = {}): ChildExecutor {
  const made = new ChildExecutor({
    store: new FolderStore(join(dir, 'store')),
    registry: new URL('./toy-steps.ts', import.meta.url).href,
    sources: {},
    tempDir: join(dir, 'tmp'),
    runtime: 'none',
    log,
    ...options,
  });
  executors.push(made);
  return made;
}

const input = (x: number) => ({ journal: join(dir, 'journal'), x });
const journal = (): string[][] =>
  existsSync(join(dir, 'journal'))
    ? readFileSync(join(dir, 'journal'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(' '))
    : [];

test('runs in a child, reports, caches, and one child serves many steps', async () => {
  const run = executor();
  const seen: Progress[] = [];
  const first = await run.execute(double, input(3), {
    onProgress: (progress) => seen.push(progress),
  });
  expect(first).toMatchObject({ output: 6, cached: false });
  expect(seen).toMatchObject([{ fraction: 0.5, detail: 'half' }]);
  expect(log.lines).toContain('info: doubling 3');
  expect(await run.execute(double, input(3))).toMatchObject({ output: 6, cached: true });
  await run.execute(double, input(4));
  const lines = journal();
  expect(lines.map(([, x]) => x)).toEqual(['3', '4']);
  expect(new Set(lines.map(([, , pid]) => pid)).size).toBe(1);
  expect(lines[0]?.[2]).not.toBe(String(process.pid));
  expect(lines[0]?.[3]).toBe(join(dir, 'tmp'));
});

test('an error keeps its class, message and hint, and the child lives on', async () => {
  const run = executor();
  await expect(run.execute(refusing, input(1))).rejects.toMatchObject({
    exitCode: 3,
    message: 'no such op',
    hint: 'use another',
  });
  expect(await run.execute(double, input(1))).toMatchObject({ output: 2 });
  expect(new Set(journal().map(([, , pid]) => pid)).size).toBe(1);
});

test('a passed deadline kills the child and its children', async () => {
  const run = executor({ deadline: performance.now() + 1500 });
  await expect(run.execute(sleeper, input(1))).rejects.toMatchObject({
    name: 'TimeLimitError',
    exitCode: 4,
    message: 'the time ran out while running sleeper: the limit is 1.5 s',
    hint: 'Raise --timeout.',
  });
  const pid = journal()[0]?.[2];
  const left = (): readonly string[] =>
    execFileSync('ps', ['-axo', 'pgid=,stat=,args='], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.trim().startsWith(`${pid} `) && !/^\s*\d+\s+Z/.test(line));
  // They sleep for five minutes; a killed process may take a moment to be gone.
  await expect.poll(left, { timeout: 5000 }).toEqual([]);
});

test('memory above the limit kills the child, and the next step gets a new one', async () => {
  const run = executor({ memoryBytes: 400e6 });
  await expect(run.execute(greedy, input(1))).rejects.toThrow(/limit is 400 MB$/);
  expect(await run.execute(double, input(1))).toMatchObject({ output: 2 });
});

test('a native crash is an error that shows what was said', async () => {
  await expect(executor().execute(crashing, input(1))).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(/ended by SIGABRT while running crashing/),
  });
});

test('the folder of a step is empty before and gone after it', async () => {
  await executor().execute(littering, input(1));
  expect(readdirSync(join(dir, 'tmp'))).toEqual([]);
});

test('a process that reads models has no permission of the one that started it', async () => {
  for (const name of ['AWS_SECRET_ACCESS_KEY', 'GITHUB_TOKEN', 'FETTLE_INBOX', 'FETTLE_PYTHON'])
    vi.stubEnv(name, `the ${name}`);
  await executor().execute(prying, input(1));
  const seen = log.lines.find((line) => line.startsWith('info: sees ')) ?? '';
  expect(seen).toMatch(/\bPATH\b/);
  expect(seen).not.toMatch(/AWS|GITHUB|FETTLE|VITEST/);
  // Where Python is, is told otherwise.
  expect(log.lines).toContain('info: python: the FETTLE_PYTHON');
});
