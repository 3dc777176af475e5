import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import type { Known, Shape } from '../../../shared/formats/build/dims.ts';
import { channelsFirst, type Order } from '../../../shared/formats/build/order.ts';
import {
  flatten,
  reshape,
  squeeze,
  transpose,
  unsqueeze,
} from '../../../shared/formats/build/reshape.ts';
import { shapeOf } from '../../../shared/formats/build/shape-of.ts';
import { integerValues } from '../../../shared/onnx/tensor-data.ts';
import { anyInput, heldInput, opsOf, run } from './_graph.ts';

const NCHW = channelsFirst(2);

/** The sizes that the last Reshape of the graph is given. */
function sizesOfReshape(b: Builder): readonly number[] {
  const { nodes, initializers } = b.graph('g');
  const sizes = initializers.get(nodes.at(-1)?.inputs[1] ?? '');
  return sizes ? integerValues(sizes) : [];
}

describe('another shape', () => {
  it.each<[Shape, Known, readonly number[], Shape]>([
    [
      [2, 3, 4],
      [6, 4],
      [6, 4],
      [6, 4],
    ],
    [[2, 3, 4], [-1], [24], [24]],
    [
      ['n', 3, 4],
      ['n', 12],
      [0, 12],
      ['n', 12],
    ],
    [
      ['n', 3, 4],
      [-1, 12],
      [0, 12],
      ['n', 12],
    ],
    [
      ['n', 3, 4],
      [null, 12],
      [0, 12],
      ['n', 12],
    ],
    [
      [null, 3, 4],
      [-1, 12],
      [-1, 12],
      [null, 12],
    ],
    [
      ['n', 'm', 4],
      ['n', 'm', 2, 2],
      [0, 0, 2, 2],
      ['n', 'm', 2, 2],
    ],
    [
      ['n', 'm', 4],
      ['n', -1],
      [0, -1],
      ['n', null],
    ],
  ])('of %j by %j is given as %j', (from, target, sizes, shape) => {
    const b = Builder.root(17);
    expect(reshape(b, anyInput(b, 'float32', from), target).shape).toEqual(shape);
    expect(sizesOfReshape(b)).toEqual(sizes);
  });

  it('that is the own one is the value itself', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', ['n', 3]);
    expect(reshape(b, x, ['n', 3])).toBe(x);
    expect(reshape(b, x, [-1, 3])).toBe(x);
  });

  it('of a constant is a constant', () => {
    const b = Builder.root(17);
    expect(reshape(b, b.numbers([1, 2, 3, 4], 'float32'), [2, -1]).constant?.dims).toEqual([2, 2]);
    expect(opsOf(b)).toEqual([]);
  });

  it('with two free sizes is taken from axes of their names', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', ['n', 4, 'm']);
    expect(reshape(b, x, ['m', 'n', 2, 2]).shape).toEqual(['m', 'n', 2, 2]);
    expect(opsOf(b)).toEqual(['Shape', 'Shape', 'Concat', 'Reshape']);
  });

  it('that nobody knows is refused, or asked of the value that tells it', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', [24]);
    expect(() => reshape(b, x, [null, null])).toThrow(/\[\?, \?\], of which more than one/);
    const target = anyInput(b, 'int64', [2]);
    expect(reshape(b, x, target).shape).toEqual([null, null]);
    expect(reshape(b, x, anyInput(b, 'int64', [null])).shape).toBeNull();
  });

  it('keeps what is known of the elements', () => {
    const b = Builder.root(17);
    const shape = shapeOf(b, anyInput(b, 'float32', ['n', 3]));
    expect(reshape(b, shape, [2, 1]).known).toEqual(['n', 3]);
  });

  it.each<[readonly number[], readonly number[]]>([
    [
      [4, 0],
      [0, 4],
    ],
    [
      [0, 4],
      [2, 0, 3],
    ],
  ])('of no elements, from %j to %j, means 0 where it says 0', async (from, to) => {
    const b = Builder.root(17);
    const { value, feed } = heldInput(b, 'x', from);
    const [result] = await run(b, [reshape(b, value, to)], { x: feed });
    expect(result?.dims).toEqual(to);
  });
});

describe('the order of axes', () => {
  it.each<
    [string, readonly number[], Order, (b: Builder, x: ReturnType<typeof anyInput>) => typeof x]
  >([
    ['a reshape that drops axes of size 1', [2, 1, 3, 4], NCHW, (b, x) => reshape(b, x, [2, 3, 4])],
    ['a reshape that adds them', [2, 3, 4], [0, 2, 1], (b, x) => reshape(b, x, [2, 1, 3, 1, 4])],
    ['squeeze', [2, 1, 3, 4], NCHW, (b, x) => squeeze(b, x, [1])],
    ['squeeze of all', [1, 1, 3, 4], [3, 2, 1, 0], (b, x) => squeeze(b, x)],
    ['unsqueeze in front', [2, 3, 4], [2, 0, 1], (b, x) => unsqueeze(b, x, [0])],
    ['unsqueeze behind', [2, 3, 4], [2, 0, 1], (b, x) => unsqueeze(b, x, [-1])],
    ['unsqueeze twice', [2, 3, 4], [0, 2, 1], (b, x) => unsqueeze(b, x, [1, 3])],
    ['transpose', [2, 3, 4], [2, 0, 1], (b, x) => transpose(b, x, [1, 2, 0])],
  ])('is kept by %s, and the elements are right', async (_, dims, order, change) => {
    const b = Builder.root(17);
    const [ordered, plain] = [heldInput(b, 'x', dims, order), heldInput(b, 'y', dims)];
    const result = change(b, ordered.value);
    expect(opsOf(b)).not.toContain('Transpose');
    const [got, wanted] = await run(b, [result, change(b, plain.value)], {
      x: ordered.feed,
      y: plain.feed,
    });
    expect(got).toEqual(wanted);
    expect(result.shape).toEqual(wanted?.dims);
  });

  it('of other reshapes is the plain one', () => {
    const b = Builder.root(17);
    const { value } = heldInput(b, 'x', [2, 3, 4, 5], NCHW);
    expect(flatten(b, value).shape).toEqual([2, 60]);
    expect(opsOf(b)).toEqual(['Transpose', 'Reshape']);
  });
});

describe('axes of size 1', () => {
  it('cost a constant nothing', () => {
    const b = Builder.root(17);
    const x = b.numbers([1, 2], 'float32', [1, 2]);
    expect(squeeze(b, x, [0]).constant?.dims).toEqual([2]);
    expect(unsqueeze(b, x, [-1]).constant?.dims).toEqual([1, 2, 1]);
    expect(squeeze(b, x, [])).toBe(x);
    expect(unsqueeze(b, x, [])).toBe(x);
    expect(opsOf(b)).toEqual([]);
  });

  it('keep what is known', () => {
    const b = Builder.root(17);
    const size = anyInput(b, 'int32', [1]).withKnown(['n']);
    expect(squeeze(b, size, [0]).known).toEqual(['n']);
    expect(unsqueeze(b, squeeze(b, size, [0]), [0]).known).toEqual(['n']);
  });
});

it('a transpose is no node, of a constant neither', () => {
  const b = Builder.root(17);
  const x = anyInput(b, 'float32', ['n', 3]);
  expect(transpose(b, x, [1, 0]).shape).toEqual([3, 'n']);
  expect(transpose(b, x, [0, 1])).toBe(x);
  expect(transpose(b, b.numbers([1, 2, 3, 4], 'float32', [2, 2]), [1, 0]).numbers).toEqual([
    1, 3, 2, 4,
  ]);
  expect(opsOf(b)).toEqual([]);
});

describe('refused', () => {
  it.each<[string, (b: Builder) => unknown, RegExp]>([
    [
      'another count',
      (b) => reshape(b, anyInput(b, 'float32', [4]), [3]),
      /reshapes \[4\] to \[3\]/,
    ],
    ['of a constant too', (b) => reshape(b, b.numbers([1, 2], 'float32'), [3]), /\[2\] to \[3\]/],
    ['negative sizes', (b) => reshape(b, anyInput(b, 'float32', ['n']), [-2, 3]), /no tensor/],
    ['a wide axis', (b) => squeeze(b, anyInput(b, 'float32', [2, 1]), [0]), /axis 0, which has 2/],
  ])('%s', (_, change, reason) => {
    expect(() => change(Builder.root(17))).toThrow(reason);
  });
});

it('of unknown rank is left to the run', () => {
  const b = Builder.root(17);
  const x = anyInput(b, 'float32', null);
  expect(reshape(b, x, ['n', 1, 1, 4]).shape).toEqual(['n', 1, 1, 4]);
  expect(squeeze(b, x).shape).toBeNull();
});

it('axes of size 1 come where an image has them', () => {
  const b = Builder.root(17);
  // [N, L, C], held as [N, C, L], as an image of height or width 1.
  const { value } = heldInput(b, 'x', [2, 5, 3], [0, 2, 1]);
  expect(unsqueeze(b, value, [1]).order).toEqual(NCHW);
  expect(unsqueeze(b, value, [2]).order).toEqual(NCHW);
  expect(unsqueeze(b, value, [0]).order).toEqual([0, 1, 3, 2]);
});
