import { expect, it } from 'vitest';
import { FractionDone } from '../../../shared/pipeline/distributed/fraction-done.ts';

it('counts seconds of tasks that are done; one that waits is not', async () => {
  const progress = new FractionDone();
  expect(progress.fraction).toBe(0);
  const task = (id: string, seconds: number) => ({ id, title: id, seconds });
  progress.plan('m', [task('a', 1), task('b', 2), task('c', 5)]);
  progress.start();
  progress.update();
  progress.end('a', { kind: 'cached' });
  progress.end('c', { kind: 'failed', reason: 'waits' });
  progress.end('not planned', { kind: 'done' });
  expect(progress.fraction).toBe(1 / 8);
  progress.end('b', { kind: 'skipped', reason: 'none' });
  expect(progress.fraction).toBe(3 / 8);
  // One part of it waits still.
  progress.end('c', { kind: 'done' });
  expect(progress.fraction).toBe(3 / 8);
  await progress.close();
});
