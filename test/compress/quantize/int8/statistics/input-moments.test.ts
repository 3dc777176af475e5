import { describe, expect, it, test } from 'vitest';
import type { Tensor } from '../../../../../shared/base/tensor.ts';
import {
  momentShape,
  momentTap,
} from '../../../../../shared/compress/quantize/int8/statistics/input-moments.ts';
import { tapModel } from '../../../../../shared/compress/quantize/int8/statistics/tap.ts';
import {
  findWeightedNodes,
  type WeightedNode,
} from '../../../../../shared/compress/quantize/int8/weighted-nodes.ts';
import { type AttributeInputs, makeNode } from '../../../../../shared/onnx/make-node.ts';
import type { Model } from '../../../../../shared/onnx/model.ts';
import { outputsOf } from '../../../../passes/_agree.ts';
import { float32, modelOf, weight } from '../../_numeric.ts';
import { tensorOf } from '../_samples.ts';
import { columnsOf, integers, productsOf } from './_columns.ts';

/** A model of one weighted node. */
function single(
  op: string,
  dims: readonly number[],
  rank: number,
  attributes: AttributeInputs = {},
): { readonly model: Model; readonly node: WeightedNode } {
  const model = modelOf(
    [makeNode(op, ['x', 'w'], ['y'], attributes)],
    [
      float32(
        'x',
        Array.from({ length: rank }, (_, axis) => `d${axis}`),
      ),
    ],
    [{ name: 'y', type: null }],
    [weight('w', dims)],
  );
  const [node] = findWeightedNodes(model).weighted;
  if (!node) throw new Error('no weighted node');
  return { model, node };
}

/** What the tap of the only node gives for an input. */
async function tapped(model: Model, node: WeightedNode, x: Tensor): Promise<number[]> {
  const shape = momentShape(node);
  if (!shape) throw new Error('no shape');
  const { model: made, outputs } = tapModel(model, [momentTap(node, shape)]);
  const [found] = await outputsOf(made, [{ x }], 'all');
  // + 0: −0 is 0.
  return Array.from(found?.[outputs[0] ?? ''] ?? [], (value) => value + 0);
}

/** The same, element by element: a row of ones after the columns of every block. */
function naive(node: WeightedNode, vectors: readonly (readonly number[][])[]): number[] {
  const { blocks, size } = momentShape(node) ?? { blocks: 0, size: 0 };
  return vectors.flatMap((positions) =>
    Array.from({ length: blocks }, (_, block) =>
      productsOf(
        positions.map((one) => [...one.slice(block * size, (block + 1) * size), 1]),
        0,
        size + 1,
      ),
    ).flat(),
  );
}

describe('momentShape', () => {
  const shape = (...given: Parameters<typeof single>) => momentShape(single(...given).node);

  it('is one block where columns are few', () => {
    expect(shape('MatMul', [768, 2], 2)).toEqual({ blocks: 1, size: 768 });
    expect(shape('Gemm', [2, 30], 2, { transB: 1 })).toEqual({ blocks: 1, size: 30 });
    expect(shape('Conv', [4, 2, 3, 3], 4, { group: 4 })).toEqual({ blocks: 1, size: 18 });
  });

  it('cuts wide inputs into the fewest equal blocks of whole channels', () => {
    expect(shape('MatMul', [1536, 2], 2)).toEqual({ blocks: 2, size: 768 });
    expect(shape('MatMul', [770, 2], 2)).toEqual({ blocks: 2, size: 385 });
    // 769 is prime.
    expect(shape('MatMul', [769, 2], 2)).toEqual({ blocks: 769, size: 1 });
    // 300 channels of 9: blocks of at most 85 channels, and 4 of them would be 75.
    expect(shape('Conv', [1, 300, 3, 3], 4)).toEqual({ blocks: 4, size: 675 });
  });

  it('is none where one kernel alone is too large', () => {
    expect(shape('Conv', [1, 3, 28, 28], 4)).toBeUndefined();
    expect(shape('Conv', [1, 3, 27, 28], 4)).toEqual({ blocks: 3, size: 756 });
  });
});

describe('momentTap gives the products of', () => {
  it.each<[string, Parameters<typeof single>, readonly number[]]>([
    ['a matrix', ['MatMul', [5, 3], 2], [7, 5]],
    ['a stack of matrices', ['MatMul', [5, 3], 4], [2, 3, 4, 5]],
    ['a vector', ['MatMul', [5, 3], 1], [5]],
    ['a Gemm', ['Gemm', [5, 3], 2], [4, 5]],
    ['a Gemm with turned weights', ['Gemm', [3, 5], 2, { transB: 1 }], [4, 5]],
    ['a 1×1 Conv', ['Conv', [4, 3, 1, 1], 4], [2, 3, 4, 5]],
    ['a 1×1 Conv that steps', ['Conv', [4, 3, 1, 1], 4, { strides: [2, 1] }], [2, 3, 5, 4]],
    ['a 1×1 Conv with padding', ['Conv', [4, 3, 1, 1], 4, { pads: [1, 0, 2, 1] }], [1, 3, 3, 3]],
    ['a 1×1 Conv in groups', ['Conv', [4, 3, 1, 1], 4, { group: 2 }], [2, 6, 3, 3]],
    ['a Conv', ['Conv', [4, 3, 3, 2], 4], [2, 3, 5, 6]],
    [
      'a Conv with padding, steps and holes',
      ['Conv', [2, 2, 3, 3], 4, { pads: [0, 1, 2, 3], strides: [2, 3], dilations: [2, 1] }],
      [2, 2, 9, 8],
    ],
    ['a depthwise Conv', ['Conv', [6, 1, 3, 3], 4, { group: 6, pads: [1, 1, 1, 1] }], [2, 6, 4, 4]],
    [
      'a depthwise Conv with two outputs a channel',
      ['Conv', [6, 1, 3, 3], 4, { group: 3 }],
      [1, 3, 4, 5],
    ],
    [
      'a Conv in groups',
      ['Conv', [4, 3, 2, 3], 4, { group: 2, strides: [1, 2], pads: [1, 0, 0, 1] }],
      [3, 6, 4, 5],
    ],
    ['a Conv over a line', ['Conv', [2, 3, 4], 3, { dilations: [2], pads: [3, 0] }], [2, 3, 10]],
    ['a Conv over a volume', ['Conv', [2, 2, 2, 1, 3], 5, { strides: [1, 2, 1] }], [1, 2, 3, 4, 5]],
  ])('%s', async (_, given, dims) => {
    const { model, node } = single(...given);
    const x = integers(dims, dims.length + given[1].length);
    const wanted = naive(node, columnsOf(node, x));
    expect(wanted.length).toBeGreaterThan(0);
    expect(await tapped(model, node, x)).toEqual(wanted);
  });

  it('a Conv that pads by itself', async () => {
    const auto = single('Conv', [2, 2, 3, 3], 4, { auto_pad: 'SAME_UPPER' });
    const told = single('Conv', [2, 2, 3, 3], 4, { pads: [1, 1, 1, 1] });
    const x = integers([1, 2, 4, 5], 3);
    expect(await tapped(auto.model, auto.node, x)).toEqual(
      naive(told.node, columnsOf(told.node, x)),
    );
  });
});

test('blocks of a wide input are multiplied each with itself', async () => {
  const { model, node } = single('MatMul', [1538, 1], 2);
  const x = integers([3, 1538], 8);
  expect(await tapped(model, node, x)).toEqual(naive(node, columnsOf(node, x)));
});

test('of many positions some are used, evenly spread', async () => {
  const { model, node } = single('MatMul', [2, 1], 2);
  const length = 5000;
  const x = integers([length, 2], 4);
  const found = await tapped(model, node, x);
  const used = found.at(-1) ?? 0;
  expect(used).toBeGreaterThan(600);
  expect(used).toBeLessThan(2048);
  const step = Math.round(length / used);
  const [positions = []] = columnsOf(node, x);
  expect(found).toEqual(naive(node, [positions.filter((_, at) => at % step === 0)]));
});

test('what is not a number is seen in the products and not counted as a position', async () => {
  const { model, node } = single('MatMul', [2, 1], 2);
  const found = await tapped(model, node, tensorOf([3, 2], [1, 2, Number.NaN, 3, 4, 5]));
  expect(found[0]).toBeNaN();
  expect(found.at(-1)).toBe(2);
});
