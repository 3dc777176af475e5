import { expect, test } from 'vitest';
import { countingProgress, silentProgress } from '../../shared/pipeline/progress.ts';

test('silent progress takes everything and says nothing', async () => {
  silentProgress.plan('m', [{ id: 'a', title: 'A', seconds: 1 }]);
  silentProgress.start('a');
  silentProgress.update('a', { fraction: 0.5 });
  silentProgress.end('a', { kind: 'cached' });
  expect(await silentProgress.close()).toBeUndefined();
});

test('a counting display passes all on and counts where results came from', async () => {
  const counts = { run: 0, known: 0 };
  const seen: string[] = [];
  const port = countingProgress({ ...silentProgress, end: (id) => void seen.push(id) }, counts);
  port.end('a', { kind: 'cached' });
  port.end('b', { kind: 'done' });
  port.end('c', { kind: 'failed', reason: 'r' });
  port.end('d', { kind: 'skipped', reason: 'r' });
  await port.close();
  expect(counts).toEqual({ run: 2, known: 1 });
  expect(seen).toEqual(['a', 'b', 'c', 'd']);
});
