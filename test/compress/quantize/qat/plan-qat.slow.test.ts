import { expect, it } from 'vitest';
import { quantizeInt8 } from '../../../../shared/compress/quantize/int8/quantize-int8.ts';
import { planQat } from '../../../../shared/compress/quantize/qat/plan-qat.ts';
import { contextOf, OUTLIER } from '../int8/_network.ts';

it('leaves nothing in float for the damage that it does before training', async () => {
  const context = contextOf({ seconds: 60 });
  const plan = await planQat(OUTLIER, context, 'int8-qat');
  expect(plan.nodes.map(({ name }) => name)).toEqual(['c1', 'c2', 'c3', 'c4', 't']);
  expect(plan.nodes.map(({ reads }) => reads)).toContain('integers');
  // Static int8 does.
  const { kept } = (await quantizeInt8(OUTLIER, contextOf({ seconds: 60 }))).plan;
  expect(kept.filter(({ damage }) => damage !== undefined)).not.toEqual([]);
}, 120_000);
