/** The smaller form of `npm run bench -- pull-requests`, which also asks how often what is slower is found: that needs a machine of its own. */
import { afterAll, expect, test } from 'vitest';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { countAlarms } from './_pull-requests.ts';

afterAll(closeSharedProcess);

test('twenty pull requests that change nothing are green, but for one at the most', async () => {
  expect(await countAlarms(20)).toBeLessThanOrEqual(1);
});
