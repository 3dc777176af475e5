import { expect, test } from 'vitest';
import { silentProgress } from '../../shared/pipeline/progress.ts';

test('silent progress takes everything and says nothing', async () => {
  silentProgress.plan('m', [{ id: 'a', title: 'A', seconds: 1 }]);
  silentProgress.start('a');
  silentProgress.update('a', { fraction: 0.5 });
  silentProgress.end('a', { kind: 'cached' });
  expect(await silentProgress.close()).toBeUndefined();
});
