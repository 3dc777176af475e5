import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import type { ChildReply } from '../../../shared/runtime/child/protocol.ts';

const entry = fileURLToPath(new URL('../../../shared/runtime/child/main.ts', import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(): ChildProcess {
  const child = fork(entry, [], { serialization: 'advanced', execArgv: [] });
  children.push(child);
  return child;
}

async function replies(child: ChildProcess, count: number): Promise<ChildReply[]> {
  const got: ChildReply[] = [];
  // Two may come at once: a listener that is put up for each would miss one.
  for await (const [reply] of on(child, 'message')) {
    got.push(reply as ChildReply);
    if (got.length === count) break;
  }
  return got;
}

it('answers in order, errors as messages, and what was cancelled not at all', async () => {
  const child = start();
  const answered = replies(child, 3);
  child.send({ cancel: 2 });
  child.send({ id: 1, kind: 'run', ask: { session: 5, feeds: {}, fetch: null } });
  child.send({ id: 2, kind: 'version', ask: null });
  child.send({ id: 3, kind: 'memory', ask: { forgetPeak: false } });
  expect(await answered).toEqual([
    { id: 1, ok: false, message: 'session 5 is not open' },
    { id: 2, ok: false, message: 'cancelled' },
    { id: 3, ok: true, answer: expect.objectContaining({ peakBytes: expect.any(Number) }) },
  ]);
});

it('ends when its parent lets go', async () => {
  const child = start();
  child.send({ id: 1, kind: 'memory', ask: { forgetPeak: false } });
  await replies(child, 1);
  const ended = once(child, 'exit');
  child.disconnect();
  expect(await ended).toEqual([0, null]);
});
