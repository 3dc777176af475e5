import { expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import {
  bilinearAt,
  both,
  pixelsAt,
  ramp,
  sizeValue,
} from '../../../shared/formats/build/sample.ts';
import { anyInput, heldInput, run } from './_graph.ts';

const places = (b: Builder, rows: readonly number[], columns: readonly number[]) => ({
  image: b.numbers([1], 'int64', [1, 1, 1]),
  row: b.numbers(rows, 'float32', [1, rows.length, 1]),
  column: b.numbers(columns, 'float32', [1, 1, columns.length]),
});

it('pixels at whole places, those outside filled or the nearest', async () => {
  const b = Builder.root(17);
  const { value, feed } = heldInput(b, 'x', [2, 2, 3, 1], [0, 3, 1, 2]);
  const at = places(b, [-1, 0, 1], [0, 2, 3]);
  const [filled, nearest] = await run(
    b,
    [pixelsAt(b, value, at, -7), pixelsAt(b, value, at, 'nearest')],
    { x: feed },
  );
  expect(filled?.numbers).toEqual([-7, -7, -7, 6, 8, -7, 9, 11, -7]);
  expect(nearest?.numbers).toEqual([6, 8, 8, 6, 8, 8, 9, 11, 11]);
});

it('between pixels the weighted mean of four', async () => {
  const b = Builder.root(17);
  const { value, feed } = heldInput(b, 'x', [2, 2, 3, 1]);
  const [result] = await run(b, [bilinearAt(b, value, places(b, [0.5], [0.25, 2]), 'nearest')], {
    x: feed,
  });
  expect(result).toEqual({ dims: [1, 1, 2, 1], numbers: [7.75, 9.5] });
});

it('needs the channels', () => {
  const b = Builder.root(17);
  const x = anyInput(b, 'float32', [1, 2, 3, null]);
  expect(() => pixelsAt(b, x, places(b, [0], [0]), 0)).toThrow('channels is free');
});

it('sizes, ramps and truths', () => {
  const b = Builder.root(17);
  const x = anyInput(b, 'float32', ['n', 4]);
  expect([sizeValue(b, x, 1).numbers, sizeValue(b, x, 0).numbers]).toEqual([[4], undefined]);
  expect([ramp(b, 3, 1).shape, ramp(b, 3, 2).shape]).toEqual([
    [1, 3, 1],
    [1, 1, 3],
  ]);
  expect(both(b, b.scalar(1, 'bool'), b.scalar(0, 'bool')).numbers).toEqual([0]);
});
