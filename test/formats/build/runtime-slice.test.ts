import ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { channelsFirst } from '../../../shared/formats/build/order.ts';
import { runtimeSlice, vectorName } from '../../../shared/formats/build/runtime-slice.ts';
import { anyInput, heldInput, opsOf, run } from './_graph.ts';

const number = (value: number): ort.Tensor =>
  new ort.Tensor('int64', BigInt64Array.of(BigInt(value)), []);

describe('bounds that are computed', () => {
  it.each([
    [1, 3],
    [-2, 4],
    [0, -1],
    [3, 1],
  ])('from %d to %d cut the axis of the source', async (start, end) => {
    const b = Builder.root(17);
    const { value, feed } = heldInput(b, 'x', [1, 2, 4, 3], channelsFirst(2));
    const [from, to] = [b.input('from', 'int64', []), b.input('to', 'int64', [])];
    const part = runtimeSlice(b, value, [{ axis: 2, start: from, end: to, step: 1 }]);
    expect(part.shape).toEqual([1, 2, null, 3]);
    const [result] = await run(b, [part], { x: feed, from: number(start), to: number(end) });
    const kept = [0, 1, 2, 3].slice(start, end);
    const rows = [0, 1].flatMap((row) => kept.map((column) => (row * 4 + column) * 3));
    expect(result?.numbers).toEqual(rows.flatMap((at) => [at, at + 1, at + 2]));
  });

  it('beside known ones leave these known', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', ['n', 5, 6]);
    const start = anyInput(b, 'int32', []);
    const ranges = [
      { axis: 0, start, end: null, step: 1 },
      { axis: 1, start: 1, end: 4, step: 1 },
      { axis: 2, start, end: null, step: 1, size: 1 },
    ];
    expect(runtimeSlice(b, x, ranges).shape).toEqual([null, 3, 1]);
  });
});

it('bounds that are all known make a plain slice', () => {
  const b = Builder.root(17);
  const x = anyInput(b, 'float32', [5]);
  expect(runtimeSlice(b, x, [{ axis: 0, start: 1, end: null, step: 2 }]).shape).toEqual([2]);
  expect(runtimeSlice(b, x, [])).toBe(x);
  expect(opsOf(b)).toEqual(['Slice']);
});

it('a vector of numbers alone is a constant', () => {
  const b = Builder.root(17);
  expect(vectorName(b, [1, 2])).toBe(b.ints([1, 2]));
  vectorName(b, [1, anyInput(b, 'int64', [])]);
  expect(opsOf(b)).toEqual(['Reshape', 'Concat']);
});
