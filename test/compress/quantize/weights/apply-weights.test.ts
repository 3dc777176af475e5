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
import { integers, opTypes, planOf, reals } from './_plan.ts';

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

  it('writes codes that were made beforehand, and refuses a plan of such codes without them', () => {
    const two = modelOf(
      [
        makeNode('MatMul', ['x', 'w'], ['t']),
        makeNode('Conv', ['p', 'v'], ['y']),
        makeNode('MatMul', ['x', 'u'], ['z']),
      ],
      [float32('x', [1, 32]), float32('p', [1, 2, 4, 4])],
      ['t', 'y', 'z'].map((name) => ({ name, type: null })),
      [weight('w', [32, 4]), weight('v', [4, 2, 2, 2]), weight('u', [32, 4])],
    );
    const rounding = 'output-error' as const;
    const inBlocks = { bits: 4, block: 32, rounding } as const;
    const plan = planOf(
      [
        { ...inBlocks, name: 't', form: 'matmul-nbits' },
        { name: 'y', form: 'folded', axis: 0, rounding },
        { ...inBlocks, name: 'z', form: 'dequantize-blocks' },
      ],
      21,
    );
    const blocks = {
      packed: new Uint8Array(64).fill(0x3a),
      scales: new Float32Array(4).fill(0.5),
      zeroPoints: new Uint8Array(4).fill(8),
    };
    const channels = {
      codes: Int8Array.from({ length: 32 }, (_, at) => at),
      scales: Float32Array.of(1, 2, 3, 4),
    };
    const made = applyWeightPlan(
      two,
      plan,
      new Map([
        ['t', { blocks }],
        ['y', { channels }],
        ['z', { blocks }],
      ]),
    );
    const own = (name: string) => ({
      ...made,
      graph: {
        ...made.graph,
        initializers: new Map(
          [...made.graph.initializers].filter(([one]) => one.startsWith(`${name}_`)),
        ),
      },
    });
    expect(integers(own('w'), '_int4')).toEqual([...blocks.packed]);
    expect([...reals(own('w'), '_scale')]).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(integers(own('v'), '_int8')).toEqual([...channels.codes]);
    expect([...reals(own('v'), '_scale')]).toEqual([1, 2, 3, 4]);
    // 10 and 3, less 8, in the order of the weight: all channels of one input side by side.
    expect(integers(own('u'), '_int4')).toEqual(
      Array.from({ length: 128 }, (_, at) => (Math.floor(at / 4) % 2 === 0 ? 2 : -5)),
    );
    expect(() => applyWeightPlan(two, plan)).toThrow(DefectError);
  });
});
