import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { plainProgress } from '../../../shared/pipeline/progress/plain.ts';

test('a line for the plan, one a task, and signs of life', async () => {
  const lines: string[] = [];
  const progress = plainProgress((line) => lines.push(line), 20);
  progress.plan('digits', [
    { id: 'a', title: 'read', seconds: 1 },
    { id: 'b', title: 'int8', seconds: 30 },
  ]);
  progress.start('a');
  progress.end('a', { kind: 'cached' });
  progress.start('b');
  progress.update('b', { detail: '3 of 8' });
  await sleep(60);
  progress.end('b', { kind: 'done' });
  progress.end('unknown', { kind: 'done' });
  await progress.close();
  const count = lines.length;
  expect(lines[0]).toBe('digits: 2 steps\n');
  expect(lines[1]).toBe('  [1/2] read · known from before\n');
  expect(lines[2]).toMatch(/^ {2}… int8 · 0\.\d s of about 30 s · 3 of 8\n$/);
  expect(lines.at(-1)).toMatch(/^ {2}\[2\/2\] int8 · 0\.\d s\n$/);
  await sleep(50);
  expect(lines.length).toBe(count);
});
