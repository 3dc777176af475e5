import { describe, expect, it } from 'vitest';
import {
  columnOf,
  equalizeChannels,
  exponentsOf,
  rowOf,
} from '../../../../../shared/compress/quantize/int8/equalize/equalize-channels.ts';
import { findLinks } from '../../../../../shared/compress/quantize/int8/equalize/find-links.ts';
import { findWeightedNodes } from '../../../../../shared/compress/quantize/int8/weighted-nodes.ts';
import { makeNode } from '../../../../../shared/onnx/make-node.ts';
import { float32Tensor, int64Tensor } from '../../../../../shared/onnx/make-tensor.ts';
import type { Model } from '../../../../../shared/onnx/model.ts';
import { floatValues } from '../../../../../shared/onnx/tensor-data.ts';
import { verifyModel } from '../../../../../shared/onnx/verify.ts';
import { feed, firstOutput, float32, modelOf, weight } from '../../_numeric.ts';

/** Every kind of writer and reader, one after the other; w3 has another reader. */
const CHAIN: Model = modelOf(
  [
    makeNode('Conv', ['x', 'k1', 'b1'], ['a'], { pads: [1, 1, 1, 1] }),
    makeNode('Relu', ['a'], ['r']),
    makeNode('Conv', ['r', 'k2', 'b2'], ['d'], { group: 4 }),
    makeNode('Conv', ['d', 'k3'], ['g'], { group: 2 }),
    makeNode('Reshape', ['g', 'shape'], ['m']),
    makeNode('LayerNormalization', ['m', 's', 't'], ['n'], { axis: -1 }),
    makeNode('MatMul', ['n', 'w1'], ['u']),
    makeNode('Gemm', ['u', 'w2', 'b3'], ['v'], { transB: 1 }),
    makeNode('Gemm', ['v', 'w3'], ['z']),
    makeNode('ReduceMax', ['w3'], ['largest'], { keepdims: 0 }),
    makeNode('Mul', ['z', 'largest'], ['y']),
  ],
  [float32('x', [2, 3, 6, 6])],
  [float32('y', [8, 5])],
  [
    weight('k1', [4, 3, 3, 3]),
    weight('b1', [4]),
    weight('k2', [8, 1, 3, 3]),
    weight('b2', [8]),
    weight('k3', [6, 4, 1, 1]),
    int64Tensor('shape', [2], [8, -1]),
    weight('s', [24]),
    weight('t', [24]),
    weight('w1', [24, 7]),
    weight('w2', [9, 7]),
    weight('b3', [9]),
    weight('w3', [9, 5]),
  ],
);

const links = findLinks(CHAIN);
const node = (output: string) => {
  const found = findWeightedNodes(CHAIN).weighted.find(({ ref }) => ref.name === output);
  if (!found) throw new Error(`no weighted node gives ${output}`);
  return found;
};

describe('equalizeChannels', () => {
  const equalized = equalizeChannels(
    CHAIN,
    links.map(({ scope, value, channels }, at) => ({
      scope,
      name: value,
      exponents: Array.from({ length: channels }, (_, c) => ((c * 5 + at) % 13) - 6),
    })),
  );

  it('computes what the model did, to the bit', async () => {
    expect(links.map(({ value }) => value)).toEqual(['r', 'd', 'n', 'u', 'v']);
    const x = feed([2, 3, 6, 6]);
    // No fused kernels: those of the two graphs could sum in another order.
    const options = { graphOptimizationLevel: 'disabled' };
    const [before, after] = [
      await firstOutput(CHAIN, { x }, options),
      await firstOutput(equalized, { x }, options),
    ];
    expect(new Set(before).size).toBeGreaterThan(20);
    expect(after).toEqual(before);
  });

  it('divides the value, channel by channel', async () => {
    const only = { scope: '', name: 'r', exponents: [3, 0, -2, 1] };
    const cut = (model: Model): Model => ({
      ...model,
      graph: { ...model.graph, outputs: [float32('r', [2, 4, 6, 6])] },
    });
    const x = feed([2, 3, 6, 6]);
    const options = { graphOptimizationLevel: 'disabled' };
    const before = await firstOutput(cut(CHAIN), { x }, options);
    const after = await firstOutput(cut(equalizeChannels(CHAIN, [only])), { x }, options);
    const expected = before.map(
      (value, at) => value / 2 ** (only.exponents[Math.floor(at / 36) % 4] ?? 0),
    );
    expect(after).toEqual(expected);
  });

  it('leaves weights that others read, and the given model', () => {
    expect(verifyModel(equalized)).toEqual([]);
    const { initializers } = equalized.graph;
    const names = [...CHAIN.graph.initializers.keys()];
    expect([...initializers.keys()]).toEqual([...names, expect.stringMatching(/^w3./)]);
    expect(initializers.get('w3')).toBe(CHAIN.graph.initializers.get('w3'));
    expect(initializers.get('k1')).not.toBe(CHAIN.graph.initializers.get('k1'));
  });

  it('gives the model itself where there is nothing to scale', () => {
    expect(equalizeChannels(CHAIN, [])).toBe(CHAIN);
    const zeros = [{ scope: '', name: 'r', exponents: [0, 0, 0, 0] }];
    expect(equalizeChannels(CHAIN, zeros).graph.initializers).toEqual(CHAIN.graph.initializers);
  });
});

describe('exponentsOf', () => {
  const link = (weights: readonly number[]) =>
    findLinks(
      modelOf(
        [makeNode('MatMul', ['x', 'v'], ['h']), makeNode('MatMul', ['h', 'w'], ['y'])],
        [float32('x', [1, 2])],
        [float32('y', [1, 1])],
        [weight('v', [2, weights.length]), float32Tensor('w', [weights.length, 1], weights)],
      ),
    )[0]?.readers ?? [];

  it('brings each half of the way: √(largest value / largest weight), about their mean', () => {
    // log₂ of the ratios: 4, 0, −4; half of it is moved.
    expect([...exponentsOf([16, 1, 1 / 16], link([1, 1, 1]))]).toEqual([2, 0, -2]);
    expect([...exponentsOf([1, 1, 1], link([1 / 16, 1, -16]))]).toEqual([2, 0, -2]);
    // What is large everywhere is left: only differences between channels count.
    expect([...exponentsOf([1000, 1000, 1000], link([1, 1, 1]))]).toEqual([0, 0, 0]);
  });

  it('leaves channels without values, weights or a finite peak, and goes no further than 2⁸', () => {
    expect([...exponentsOf([0, 1, 4], link([1, 1, 1]))]).toEqual([0, 0, 1]);
    expect([...exponentsOf([1, 1, 4], link([0, 1, 1]))]).toEqual([0, 0, 1]);
    expect([...exponentsOf([Number.POSITIVE_INFINITY, 1, 4], link([1, 1, 1]))]).toEqual([0, 0, 1]);
    expect([...exponentsOf([1e12, 1e-12], link([1, 1]))]).toEqual([8, -8]);
  });

  it('takes the largest weight of all readers', () => {
    const [first = undefined] = link([1, 1]);
    const [second = undefined] = link([256, 1]);
    if (!first || !second) throw new Error('no readers');
    expect([...exponentsOf([1, 1], [first, second])]).toEqual([-2, 2]);
  });
});

describe('rowOf and columnOf', () => {
  it.each(['a', 'd', 'g', 'u', 'v', 'z'])(
    'of %s: output and input channel of each weight',
    (name) => {
      const weighted = node(name);
      const [first = 1, second = 1, ...kernel] = weighted.weight.dims;
      const area = kernel.reduce((product, dim) => product * dim, 1);
      const isTransposed =
        weighted.op === 'MatMul' || (weighted.op === 'Gemm' && weighted.axis === 1);
      const [row, column] = [rowOf(weighted), columnOf(weighted)];
      let at = 0;
      for (let i = 0; i < first; i++)
        for (let j = 0; j < second; j++)
          for (let k = 0; k < area; k++, at++) {
            const group = Math.floor(i / (first / weighted.groups));
            expect([row(at), column(at)]).toEqual(
              isTransposed ? [j, i] : [i, group * (weighted.op === 'Conv' ? second : 0) + j],
            );
          }
      expect(at).toBe(floatValues(weighted.weight).length);
    },
  );
});
