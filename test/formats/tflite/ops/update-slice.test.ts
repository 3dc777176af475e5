import { expect, it } from 'vitest';
import { caseOf, expectSame } from '../_compare.ts';

it('moves a part that would lie outside back inside', async () => {
  // The case starts at [1, 9] of [4, 5].
  const { graph } = await expectSame(caseOf('dynamic_update_slice'));
  expect(graph.nodes.filter(({ opType }) => opType === 'ScatterND')).toHaveLength(1);
});
