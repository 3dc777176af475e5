import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { TimeLimitError, ToolError } from '../../shared/base/errors.ts';
import { makeTempDir, removeTempDir } from '../../shared/base/files.ts';
import { RuntimeAnswerError, WorkerProcess } from '../../shared/runtime/worker-process.ts';

const folder = makeTempDir('worker');
const entry = join(folder, 'echo.mjs');
writeFileSync(
  entry,
  `process.on('message', ({ id, kind, ask }) => {
    if (kind === 'echo') process.send({ id, ok: true, answer: ask });
    if (kind === 'look') process.send({ id, ok: true, answer: process.env[ask] ?? null });
    if (kind === 'fail') process.send({ id, ok: false, message: 'no: ' + ask });
    if (kind === 'die') { console.error('assert failed'); process.exit(3); }
  });`,
);
afterAll(() => removeTempDir(folder));

interface Echo {
  echo: { ask: unknown; answer: unknown };
  look: { ask: string; answer: string | null };
  fail: { ask: string; answer: null };
  die: { ask: null; answer: null };
  hang: { ask: null; answer: null };
}

const start = () =>
  new WorkerProcess<Echo>({
    entry: pathToFileURL(entry),
    title: 'the echo',
    crashHint: 'Shout again.',
    environment: { ECHO: 'yes' },
  });

describe('WorkerProcess', { timeout: 20_000 }, () => {
  it('sends and gives back typed arrays, and what went wrong', async () => {
    await using worker = start();
    expect(await worker.ask('echo', { a: Float32Array.of(1, 2) })).toEqual({
      a: Float32Array.of(1, 2),
    });
    await expect(worker.ask('fail', 'x')).rejects.toThrow(RuntimeAnswerError);
    await expect(worker.ask('fail', 'x')).rejects.toThrow('no: x');
  });

  it('shows the child what it is given and nothing else of the environment', async () => {
    await using worker = start();
    expect(await worker.ask('look', 'ECHO')).toBe('yes');
    expect(await worker.ask('look', 'VITEST')).toBeNull();
  });

  it('says in the words of its settings how the child died', async () => {
    await using worker = start();
    const dying = worker.ask('die', null, { doing: 'dying' });
    await expect(dying).rejects.toThrow(ToolError);
    await expect(dying).rejects.toMatchObject({
      message: 'the echo ended with code 3 while dying: assert failed',
      hint: 'Shout again.',
    });
    expect(worker.alive).toBe(false);
  });

  it('kills a child that does not answer in time', async () => {
    await using worker = start();
    await worker.ask('echo', 1);
    const hanging = worker.ask('hang', null, { timeoutMs: 50, doing: 'hanging' });
    await expect(hanging).rejects.toThrow(TimeLimitError);
    await expect(hanging).rejects.toThrow('hanging took longer than 0.05 s and was stopped');
  });
});
