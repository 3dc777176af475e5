import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { liveProgress } from '../../../shared/cli/progress/live.ts';

/** A terminal of 100 columns that keeps what is written. */
function fakeTerminal(): { stream: WriteStream; text: () => string } {
  let text = '';
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  Object.assign(stream, { isTTY: true, columns: 100, rows: 30, hasColors: () => false });
  Object.setPrototypeOf(
    stream,
    Object.create(PassThrough.prototype, { [Symbol.toStringTag]: { value: 'WriteStream' } }),
  );
  const isTerminal = (value: PassThrough | WriteStream): value is WriteStream => 'isTTY' in value;
  if (!isTerminal(stream)) throw new Error('unreachable');
  return { stream, text: () => text };
}

test('draws every task with how it ended, and closes with tasks left over', async () => {
  const { stream, text } = fakeTerminal();
  const progress = liveProgress(stream);
  progress.plan('digits', [
    { id: 'a', title: 'read', seconds: 1 },
    { id: 'b', title: 'int8', seconds: 1 },
    { id: 'c', title: 'int4', seconds: 1 },
    { id: 'd', title: 'page', seconds: 1 },
  ]);
  progress.start('a');
  progress.end('a', { kind: 'cached' });
  progress.start('b');
  progress.end('b', { kind: 'done', note: '45 kB' });
  progress.end('c', { kind: 'failed', reason: 'boom' });
  await progress.close();
  expect(text()).toMatch(/^digits\n/);
  expect(text()).toContain('read · known from before');
  expect(text()).toMatch(/int8 · 0\.\d s · 45 kB/);
  expect(text()).toMatch(/int4 · failed\s/);
  expect(text()).toContain('page · skipped: not run');
});
