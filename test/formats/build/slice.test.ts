import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import type { Dim } from '../../../shared/formats/build/dims.ts';
import { channelsFirst } from '../../../shared/formats/build/order.ts';
import { type AxisRange, indicesOf, pad, slice } from '../../../shared/formats/build/slice.ts';
import { anyInput, heldInput, opsOf, run } from './_graph.ts';

const NCHW = channelsFirst(2);

const range = (axis: number, start: number | null, end: number | null, step = 1): AxisRange => ({
  axis,
  start,
  end,
  step,
});

describe('a part', () => {
  const bounds: readonly (readonly [number | null, number | null, number])[] = [
    [1, 3, 1],
    [null, -1, 1],
    [-2, null, 1],
    [null, null, -1],
    [3, 0, -2],
    [null, 0, -1],
    [-1, null, -3],
    [2, 2, 1],
    [9, 12, 1],
    [-9, 2, 1],
    [null, null, 2],
    [4, -9, -1],
  ];

  it.each(bounds)('from %s to %s by %s is the same in any order', async (start, end, step) => {
    const b = Builder.root(17);
    const dims = [1, 2, 5, 2];
    const [ordered, plain] = [heldInput(b, 'x', dims, NCHW), heldInput(b, 'y', dims)];
    const parts = [ordered, plain].map(({ value }) =>
      slice(b, value, [range(2, start, end, step)]),
    );
    expect(opsOf(b)).not.toContain('Transpose');
    const [got, wanted] = await run(b, parts, { x: ordered.feed, y: plain.feed });
    expect(got).toEqual(wanted);
    expect(parts[0]?.shape).toEqual(wanted?.dims);
    // The rule of NumPy, by hand.
    expect(indicesOf(5, range(2, start, end, step)).length).toBe(wanted?.dims[2]);
  });

  it.each<[Dim, AxisRange, Dim]>([
    ['n', range(0, 0, 1), 1],
    ['n', range(0, -1, null), 1],
    ['n', range(0, null, null, -1), 'n'],
    ['n', range(0, 1, null), null],
    ['n', range(0, -1, 0), null],
    [7, range(0, 1, -1), 5],
  ])('of an axis %j, %j, is of size %j', (size, part, expected) => {
    const b = Builder.root(17);
    expect(slice(b, anyInput(b, 'float32', [size, 2]), [part]).shape).toEqual([expected, 2]);
  });

  it('that is everything is the value itself', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', [2]);
    expect(slice(b, x, [range(0, null, null), range(0, 0, null)])).toBe(x);
  });

  it('keeps what is known', () => {
    const b = Builder.root(17);
    const shape = anyInput(b, 'int32', [3]).withKnown(['n', 3, 4]);
    expect(slice(b, shape, [range(0, 0, 2)]).known).toEqual(['n', 3]);
    const fixed = slice(b, shape, [range(0, 1, null)]);
    expect([fixed.numbers, fixed.constant?.dims]).toEqual([[3, 4], [2]]);
  });
});

describe('margins', () => {
  it.each(['constant', 'reflect', 'edge'] as const)(
    'of mode %s lie at axes of the source',
    async (mode) => {
      const b = Builder.root(17);
      const dims = [1, 3, 3, 2];
      const [ordered, plain] = [heldInput(b, 'x', dims, NCHW), heldInput(b, 'y', dims)];
      const margins = [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ] as const;
      const padded = [ordered, plain].map(({ value }) => pad(b, value, margins, mode));
      const [got, wanted] = await run(b, padded, { x: ordered.feed, y: plain.feed });
      expect(got).toEqual(wanted);
      expect([padded[0]?.shape, wanted?.dims]).toEqual([
        [1, 6, 4, 2],
        [1, 6, 4, 2],
      ]);
    },
  );

  it('of nothing are no node', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', [2]);
    expect(pad(b, x, [[0, 0]])).toBe(x);
  });

  it('are one pair an axis', () => {
    const b = Builder.root(17);
    expect(() =>
      pad(b, anyInput(b, 'float32', [3]), [
        [1, 1],
        [0, 0],
      ]),
    ).toThrow('it has margins for 2 axes of 1');
  });

  it('may hold a value, in a type that has a kernel', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'int16', ['n']);
    const padded = pad(b, x, [[1, 0]], 'constant', b.scalar(7, 'int16'));
    expect([padded.type, padded.shape, opsOf(b)]).toEqual([
      'int16',
      [null],
      ['Cast', 'Pad', 'Cast'],
    ]);
  });

  it('that wrap around need opset 19', () => {
    const b = Builder.root(17);
    expect(() => pad(b, anyInput(b, 'float32', [3]), [[1, 1]], 'wrap')).toThrow(/opset 19/);
  });
});
