import { expect, it } from 'vitest';
import { qatPlan } from '../../../../shared/compress/quantize/qat/plan-qat.ts';
import { describeQat } from '../../../../shared/compress/quantize/qat/qat-plan.ts';
import { NETWORK } from '../int8/_network.ts';
import { planOf } from '../int8/_plan.ts';

it('says which weights have how many bits', () => {
  const plan = planOf(NETWORK, { keep: new Map([['c3', { reason: 'faster in float' }]]) });
  expect(describeQat(qatPlan(NETWORK, plan, 'int4-qat'))).toBe(
    '3 Conv with weights in 4 bits, 1 Conv and 1 Gemm with weights in 8 bits, 1 of them on float activations, trained so, ranges by min-max over 1 samples',
  );
  expect(describeQat(qatPlan(NETWORK, planOf(NETWORK), 'int8-qat'))).toBe(
    '4 Conv and 1 Gemm with weights in 8 bits, trained so, ranges by min-max over 1 samples',
  );
});
