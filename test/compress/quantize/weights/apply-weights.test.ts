import { describe, expect, it } from 'vitest';
import { DefectError } from '../../../../shared/base/errors.ts';
import { applyWeightPlan } from '../../../../shared/compress/quantize/weights/apply-weights.ts';
import { planWeights } from '../../../../shared/compress/quantize/weights/plan-weights.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { verifyModel } from '../../../../shared/onnx/verify.ts';
import { body, graph as makeGraph } from '../../../onnx/_build.ts';
import {
  type Feed,
  feed,
  firstOutput,
  float32,
  modelOf,
  relativeError,
  weight,
} from '../_numeric.ts';
import { opTypes, planOf } from './_plan.ts';

/** An If whose branches multiply with an outer weight, a Constant of their own and an initializer of their own. */
function branches(): Model {
  const then = makeGraph(
    [
      makeNode('Constant', [], ['own'], { value: weight('own', [64, 64]) }),
      makeNode('MatMul', ['x', 'w'], ['t']),
      makeNode('MatMul', ['t', 'own'], ['r']),
    ],
    [],
    ['r'],
  );
  const otherwise = makeGraph(
    [makeNode('MatMul', ['x', 'w'], ['t']), makeNode('MatMul', ['t', 'mine'], ['r'])],
    [],
    ['r'],
    { initializers: new Map([['mine', weight('mine', [64, 64])]]) },
  );
  const both = new Map([body('then_branch', then), body('else_branch', otherwise)]);
  return modelOf(
    [{ ...makeNode('If', ['c'], ['y']), attributes: both }],
    [
      { name: 'c', type: { kind: 'tensor', elementType: 'bool', shape: [] } },
      float32('x', [2, 64]),
    ],
    [float32('y', [2, 64])],
    [weight('w', [64, 64])],
  );
}

describe('applyWeightPlan', () => {
  it.each(['int8-weights', 'int8-dynamic', 'int4'] as const)(
    '%s reaches into bodies, Constant nodes included',
    async (variant) => {
      const model = branches();
      const plan = planWeights(model, variant, undefined, { hardware: 'x64' });
      expect(plan.nodes).toHaveLength(4);
      const quantized = applyWeightPlan(model, plan);
      expect(verifyModel(quantized)).toEqual([]);
      // The outer weight is quantized once, where both branches see it, and gone as float32.
      expect([...quantized.graph.initializers.keys()].filter((name) => name === 'w')).toEqual([]);
      expect(quantized.graph.initializers.size).toBe(2);
      for (const choice of [0, 1]) {
        const feeds: Record<string, Feed> = {
          c: { type: 'bool', dims: [], data: Uint8Array.of(choice) },
          x: feed([2, 64]),
        };
        const error = relativeError(
          await firstOutput(quantized, feeds),
          await firstOutput(model, feeds),
        );
        expect(error).toBeLessThan(variant === 'int4' ? 0.2 : 0.05);
        expect(error).toBeGreaterThan(0);
      }
    },
  );

  it('gives the model itself for an empty plan', () => {
    const model = branches();
    expect(applyWeightPlan(model, planOf([]))).toBe(model);
  });

  it('raises the opset only as far as the plan says', () => {
    const old = modelOf(
      [makeNode('MatMul', ['x', 'w'], ['y'])],
      [float32('x', [1, 64])],
      [float32('y', [1, 64])],
      [weight('w', [64, 64])],
      9,
    );
    const raised = applyWeightPlan(
      old,
      planWeights(old, 'int8-weights', undefined, { hardware: 'x64' }),
    );
    expect(raised.opsets.get('')).toBe(13);
    const nbits = applyWeightPlan(old, planWeights(old, 'int4', undefined, { hardware: 'x64' }));
    expect([...nbits.opsets]).toEqual([
      ['', 9],
      ['com.microsoft', 1],
    ]);
  });

  it('leaves what the plan does not name', () => {
    const two = modelOf(
      [makeNode('MatMul', ['x', 'w'], ['t']), makeNode('MatMul', ['t', 'v'], ['y'])],
      [float32('x', [1, 64])],
      [float32('y', [1, 64])],
      [weight('w', [64, 64]), weight('v', [64, 64])],
    );
    const result = applyWeightPlan(
      two,
      planOf([{ name: 'y', form: 'matmul-nbits', bits: 4, block: 32 }]),
    );
    expect(opTypes(result)).toEqual(['MatMul', 'MatMulNBits']);
    expect(result.graph.initializers.get('w')).toBe(two.graph.initializers.get('w'));
  });

  it('does not pass over a node that the model lacks', () => {
    expect(() =>
      applyWeightPlan(branches(), planOf([{ name: 'elsewhere', form: 'folded' }])),
    ).toThrow(DefectError);
  });
});
