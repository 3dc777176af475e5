import { describe, expect, it } from 'vitest';
import { Builder } from '../../../../shared/formats/build/builder.ts';
import type { Known } from '../../../../shared/formats/build/dims.ts';
import type { Value } from '../../../../shared/formats/build/value.ts';
import type { TfContext } from '../../../../shared/formats/tf/op.ts';
import { stridedSlice } from '../../../../shared/formats/tf/ops/strided-slice.ts';

/** The numbers that it gives are compared with TensorFlow's in `slicing.test.ts`. */
function slice(
  b: Builder,
  x: Value,
  [begin, end, strides]: readonly [Known, Known, readonly number[]],
  masks: Readonly<Record<string, number>> = {},
): Value {
  const attributes = Object.entries(masks).map(
    ([name, value]) => [`${name}_mask`, { kind: 'int', value }] as const,
  );
  const context: TfContext = {
    b,
    node: { name: 'n', op: 'StridedSlice', inputs: [], attributes: new Map(attributes) },
    functions: new Map(),
    call: () => [],
  };
  const parameter = (items: Known, wish: string): Value =>
    items.every((item) => typeof item === 'number')
      ? b.numbers(items as number[], 'int32')
      : b.input(wish, 'int32', [items.length]).withKnown(items);
  const parameters = [parameter(begin, 'begin'), parameter(end, 'end'), parameter(strides, 'by')];
  return stridedSlice([x, ...parameters], context) as Value;
}

const ops = (b: Builder): string[] => b.graph('g').nodes.map(({ opType }) => opType);

describe('StridedSlice', () => {
  it('of a shape gives a number, and no node', () => {
    const b = Builder.root(17);
    const shape = b.numbers([2, 3, 4], 'int32');
    expect(slice(b, shape, [[1], [2], [1]], { shrink_axis: 1 }).numbers).toEqual([3]);
    expect(ops(b)).toEqual([]);
  });

  it('keeps the name of a size', () => {
    const b = Builder.root(17);
    const shape = b.input('shape', 'int32', [3]).withKnown(['batch', 3, null]);
    const batch = slice(b, shape, [[0], [1], [1]], { shrink_axis: 1 });
    expect([batch.shape, batch.known]).toEqual([[], ['batch']]);
  });

  it('that takes everything is the value itself', () => {
    const b = Builder.root(17);
    const x = b.input('x', 'float32', ['batch', 3]);
    expect(
      slice(
        b,
        x,
        [
          [0, 0],
          [0, 0],
          [1, 1],
        ],
        { begin: 3, end: 3 },
      ),
    ).toBe(x);
    expect(slice(b, x, [[0], ['batch'], [1]])).toBe(x);
  });

  it('by one computed index is a Gather', () => {
    const b = Builder.root(17);
    const x = b.input('x', 'float32', ['batch', 7, 3]);
    const step = slice(
      b,
      x,
      [
        [0, null],
        [0, null],
        [1, 1],
      ],
      { begin: 1, end: 1, shrink_axis: 2 },
    );
    expect(step.shape).toEqual(['batch', 3]);
    expect(ops(b).at(-1)).toBe('Gather');
  });

  it('keeps the order in which the value is held', () => {
    const b = Builder.root(17);
    const x = b.named('x', 'float32', [1, 4, 4, 8], [0, 3, 1, 2]);
    const masks = { begin: 1, end: 1, shrink_axis: 8 };
    const part = slice(
      b,
      x,
      [
        [0, 1, 1, 2],
        [0, 3, 3, 3],
        [1, 1, 1, 1],
      ],
      masks,
    );
    expect([part.shape, ops(b)]).toEqual([
      [1, 2, 2],
      ['Slice', 'Squeeze'],
    ]);
  });

  it.each([
    [
      'more indices than axes',
      [
        [0, 0],
        [1, 1],
        [1, 1],
      ],
      /takes 2 indices of 1 axes/,
    ],
    ['a stride of 0', [[0], [1], [0]], /stride of 0/],
  ] as const)('refuses %s', (_, spec, reason) => {
    const b = Builder.root(17);
    expect(() => slice(b, b.input('x', 'float32', [4]), spec)).toThrow(reason);
  });
});
