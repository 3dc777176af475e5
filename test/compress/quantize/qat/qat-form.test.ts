import { describe, expect, it } from 'vitest';
import { DefectError } from '../../../../shared/base/errors.ts';
import { qatPlan } from '../../../../shared/compress/quantize/qat/plan-qat.ts';
import { qatForm, qatTrainable } from '../../../../shared/compress/quantize/qat/qat-form.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { verifyModel } from '../../../../shared/onnx/verify.ts';
import { outputsOf } from '../../../passes/_agree.ts';
import { relativeError } from '../_numeric.ts';
import { NETWORK } from '../int8/_network.ts';
import { modelOf, planOf } from '../int8/_plan.ts';
import { normalSource } from '../int8/_samples.ts';

const countOf = ({ graph }: Model, opType: string): number =>
  graph.nodes.filter((node) => node.opType === opType).length;

describe('qatForm', () => {
  it('keeps float weights and biases and the interface, and computes nearly what the model does', async () => {
    const seen = { t: [-12, 12], s: [-12, 12], r1: [0, 8], r4: [0, 12], c2: [-8, 8] } as const;
    const plan = qatPlan(NETWORK, planOf(NETWORK, { seen }), 'int8-qat');
    const form = qatForm(NETWORK, plan);
    expect(verifyModel(form)).toEqual([]);
    expect(form.graph.inputs).toEqual(NETWORK.graph.inputs);
    expect(form.graph.outputs).toEqual(NETWORK.graph.outputs);
    for (const name of ['w1', 'w2', 'w3', 'w4', 'w5', 'b1', 'b3', 'b5'])
      expect(form.graph.initializers.get(name), name).toEqual(NETWORK.graph.initializers.get(name));
    const samples = await Promise.all(
      [1, 2, 3].map((index) => normalSource(9, 'x', [1, 3, 8, 8]).sample(index)),
    );
    const wanted = await outputsOf(NETWORK, samples);
    const got = await outputsOf(form, samples);
    for (const [index, { y = [] }] of wanted.entries()) {
      const error = relativeError(got[index]?.y ?? [], y);
      expect(error).toBeLessThan(0.1);
      // Equal outputs would mean that nothing was rounded.
      expect(error).toBeGreaterThan(1e-6);
    }
  });

  it('clips where saturation takes the place of a Relu', () => {
    const form = qatForm(NETWORK, qatPlan(NETWORK, planOf(NETWORK), 'int8-qat'));
    expect(countOf(NETWORK, 'Relu')).toBe(2);
    expect(countOf(form, 'Relu')).toBe(0);
  });

  it('rounds the weights alone of nodes on float activations', () => {
    const plan = planOf(NETWORK, { keep: new Map([['c3', { reason: 'faster in float' }]]) });
    const form = qatForm(NETWORK, qatPlan(NETWORK, plan, 'int8-qat'));
    const node = form.graph.nodes.find(({ outputs }) => outputs.includes('c3'));
    expect(node?.inputs.slice(1)).toEqual(['w3_rounded', 'b3']);
    expect(verifyModel(form)).toEqual([]);
  });

  it('refuses a model that is not the one of the plan', () => {
    const plan = planOf(NETWORK, { keep: new Map([['c3', { reason: 'faster in float' }]]) });
    const qat = qatPlan(NETWORK, plan, 'int8-qat');
    const nodes = NETWORK.graph.nodes.filter(({ outputs }) => !outputs.includes('c3'));
    const other = { ...NETWORK, graph: { ...NETWORK.graph, nodes } };
    expect(() => qatForm(other, qat)).toThrow(DefectError);
  });
});

describe('qatTrainable', () => {
  it('names weights, their steps and biases, and no constants of the grids', () => {
    const plan = qatPlan(NETWORK, planOf(NETWORK), 'int8-qat');
    const names = qatTrainable(qatForm(NETWORK, plan), plan);
    const weights = [1, 2, 3, 4, 5].flatMap((n) => [`w${n}`, `w${n}_rounded_factor`]);
    expect([...names].sort()).toEqual([...weights, 'b1', 'b3', 'b5'].sort());
  });

  it('has weights that Constant nodes held', () => {
    const model = modelOf(`g (float[1,2] x) => (float[1,2] y) {
      w = Constant <value = float[2,2] {1, 2, 3, 4}> ()
      y = MatMul (x, w) }`);
    const plan = qatPlan(model, planOf(model), 'int8-qat');
    const form = qatForm(model, plan);
    expect([...qatTrainable(form, plan)]).toEqual(['w_trained', 'w_rounded_factor']);
    expect(verifyModel(form)).toEqual([]);
  });
});
