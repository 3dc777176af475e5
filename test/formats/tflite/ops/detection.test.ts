import { expect, it } from 'vitest';
import { caseOf, expectSame } from '../_compare.ts';
import { unpacked } from '../_run.ts';

it.each(['detection', 'detection_regular', 'detection_no_background'])(
  '%s selects some boxes and fills up with none',
  async (name) => {
    const item = caseOf(name);
    const { graph } = await expectSame(item);
    expect(graph.nodes.filter(({ opType }) => opType === 'NonMaxSuppression')).toHaveLength(1);
    const count = item.steps[0]?.outputs.count;
    const [found = 0] = count ? [...(unpacked(count).data as Float32Array)] : [];
    expect(found).toBeGreaterThan(1);
  },
);
