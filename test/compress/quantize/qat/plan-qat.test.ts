import { afterAll, describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../../shared/base/errors.ts';
import { Referee } from '../../../../shared/compress/quantize/int8/search/referee.ts';
import { exportQat } from '../../../../shared/compress/quantize/qat/export-qat.ts';
import { planQat, qatPlan } from '../../../../shared/compress/quantize/qat/plan-qat.ts';
import { qatForm } from '../../../../shared/compress/quantize/qat/qat-form.ts';
import type { QatPlan } from '../../../../shared/compress/quantize/qat/qat-plan.ts';
import { RuntimeProcess } from '../../../../shared/runtime/runtime-process.ts';
import { contextOf, NETWORK, RECURRENT, UNEVEN } from '../int8/_network.ts';
import { modelOf, planOf } from '../int8/_plan.ts';
import { normalSource } from '../int8/_samples.ts';

const child = new RuntimeProcess();
afterAll(() => child.close());
const context = (parts = {}) => contextOf({ process: child, ...parts });

describe('planQat', () => {
  it('rounds all weights of a small network in 8 bits', async () => {
    const plan = await planQat(NETWORK, context(), 'int8-qat');
    expect(plan.nodes.map(({ name, bits, reads }) => [name, bits, reads])).toEqual(
      ['c1', 'c2', 'c3', 'c4', 't'].map((name) => [name, 8, 'integers']),
    );
    expect(plan.int8.values.length).toBeGreaterThan(4);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('scales channels where that does less damage', async () => {
    const calibration = normalSource(12, 'x', [8, 32]);
    const scaled = await planQat(UNEVEN, context({ calibration, seconds: 20 }), 'int8-qat');
    const plain = await planQat(UNEVEN, context({ calibration }), 'int8-qat');
    expect(scaled.int8.equalized.map(({ name }) => name)).toEqual(['h']);
    const own = await Referee.of(UNEVEN, calibration, { process: child }, 12);
    const damageOf = async (plan: QatPlan): Promise<number> =>
      (await own.score(await exportQat(qatForm(UNEVEN, plan), plan))).damage;
    expect(await damageOf(scaled)).toBeLessThan((await damageOf(plain)) / 2);
  });

  it('has recurrent weights rounded apart', async () => {
    const calibration = normalSource(4, 'x', [5, 2, 32]);
    const { nodes, int8 } = await planQat(RECURRENT, context({ calibration }), 'int8-qat');
    expect(nodes.map(({ op }) => op)).toEqual(['MatMul']);
    expect(int8.weightsAlone.map(({ op }) => op)).toEqual(['LSTM']);
  });

  it('says why nothing can be quantized', async () => {
    const relu = modelOf('g (float[1] x) => (float[1] y) { y = Relu (x) }');
    const planned = planQat(relu, context(), 'int4-qat');
    await expect(planned).rejects.toThrow(UnsupportedError);
    await expect(planned).rejects.toThrow('no Conv, MatMul or Gemm can be quantized');
  });

  it('refuses graphs that no gradients are made of', async () => {
    const old = { ...NETWORK, opsets: new Map([['', 13]]) };
    await expect(planQat(old, context(), 'int8-qat')).rejects.toThrow('opset 16 or later');
  });
});

describe('qatPlan', () => {
  it('gives 4 bits to all but short rows that hold little', () => {
    const { nodes } = qatPlan(NETWORK, planOf(NETWORK), 'int4-qat');
    expect(nodes.map(({ name, bits }) => [name, bits])).toEqual([
      ['c1', 4],
      // 9 weights a row, and 144 of 3,200 in all.
      ['c2', 8],
      // 256 more would be too many.
      ['c3', 4],
      ['c4', 4],
      // 64 are not.
      ['t', 8],
    ]);
  });

  it('rounds the weights alone of what the plan has in float', () => {
    const plan = planOf(NETWORK, { keep: new Map([['c3', { reason: 'faster in float' }]]) });
    const reals = qatPlan(NETWORK, plan, 'int8-qat').nodes.filter(({ reads }) => reads === 'reals');
    expect(reals.map(({ name }) => name)).toEqual(['c3']);
  });

  it('trains nothing inside of a body', () => {
    const model = modelOf(`g (float[1,4] x, bool c) => (float[1,4] y)
      <float[4,4] w = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16}> {
        a = MatMul (x, w)
        y = If (c) <then_branch = t () => (float[1,4] p) { p = MatMul (a, w) },
                    else_branch = e () => (float[1,4] q) { q = Identity (a) }>
      }`);
    const plan = qatPlan(model, planOf(model), 'int8-qat');
    expect(plan.int8.nodes).toHaveLength(2);
    expect(plan.nodes.map(({ name }) => name)).toEqual(['a']);
  });

  it('gives names that the model does not have', () => {
    const model = modelOf(`g (float[1,4] x) => (float[1,4] y)
      <float[4,4] w = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16}> {
        w_rounded = Relu (x) y = MatMul (w_rounded, w) }`);
    const [node] = qatPlan(model, planOf(model), 'int8-qat').nodes;
    expect(node?.rounded).toBe('w_rounded_1');
  });
});
