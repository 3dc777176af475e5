import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import {
  alongShape,
  fakeQuantize,
  quantizeAndDequantize,
} from '../../../shared/formats/build/fake-quantize.ts';
import { heldInput, opsOf, run } from './_graph.ts';

describe('fake quantization', () => {
  it('of 8 bits and constant ends is a pair of Q and DQ', () => {
    const b = Builder.root(17);
    const { value } = heldInput(b, 'x', [1, 2, 3, 4]);
    const [min, max] = [b.scalar(-1, 'float32'), b.scalar(3, 'float32')];
    fakeQuantize(b, value, { min, max, bits: 8, isNarrow: false });
    expect(opsOf(b)).toEqual(['QuantizeLinear', 'DequantizeLinear']);
  });

  it('goes along the channels in whatever order those are held', async () => {
    const b = Builder.root(17);
    const ordered = heldInput(b, 'x', [1, 2, 3, 2], [0, 3, 1, 2]);
    const plain = heldInput(b, 'y', [1, 2, 3, 2]);
    const [min, max] = [b.numbers([0, -3], 'float32'), b.numbers([8, 5], 'float32')];
    const values = [ordered, plain].map(({ value }) =>
      fakeQuantize(b, value, { min, max, bits: 8, isNarrow: true }),
    );
    const [left, right] = await run(b, values, { x: ordered.feed, y: plain.feed });
    expect(left).toEqual(right);
    expect(Math.max(...(right?.numbers ?? []))).toBe(8);
  });

  it('of other bits, or of an end that is computed, is arithmetic', () => {
    const b = Builder.root(17);
    const { value } = heldInput(b, 'x', [4]);
    const [min, max] = [b.scalar(-1, 'float32'), b.scalar(3, 'float32')];
    fakeQuantize(b, value, { min, max, bits: 4, isNarrow: false });
    expect(opsOf(b)).not.toContain('QuantizeLinear');
    fakeQuantize(b, value, { min: value, max, bits: 8, isNarrow: false });
    expect(opsOf(b)).not.toContain('QuantizeLinear');
  });

  it('has zero among its steps, and gives zeros for an empty range', async () => {
    const b = Builder.root(17);
    const { value, feed } = heldInput(b, 'x', [5]);
    const range = (min: number, max: number) => ({
      min: b.scalar(min, 'float32'),
      max: b.scalar(max, 'float32'),
      bits: 8,
      isNarrow: false,
    });
    const values = [fakeQuantize(b, value, range(-0.1, 2)), fakeQuantize(b, value, range(0, 0))];
    const [moved, empty] = await run(b, values, { x: feed });
    expect(moved?.numbers[0]).toBe(0);
    expect(empty?.numbers).toEqual([0, 0, 0, 0, 0]);
  });
});

it('symmetric steps reach both ends', async () => {
  const b = Builder.root(17);
  const { value, feed } = heldInput(b, 'x', [6]);
  const range = { min: b.scalar(-2, 'float32'), max: b.scalar(2.5, 'float32') };
  const options = { given: range, isSigned: true, bits: 2, isNarrow: false, isHalfUp: true };
  const y = quantizeAndDequantize(b, value, range, options);
  const [result] = await run(b, [y], { x: feed });
  // Steps of 2.5: −2 and −1 below zero, 1 above.
  expect(result?.numbers).toEqual([0, 0, 2.5, 2.5, 2.5, 2.5]);
});

it('a vector along an axis', () => {
  expect(alongShape(4, 1, 7)).toEqual([1, 7, 1, 1]);
});
