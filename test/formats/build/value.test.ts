import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { numberTensor } from '../../../shared/formats/build/number-tensor.ts';
import { Unconvertible } from '../../../shared/formats/build/unconvertible.ts';
import { MAX_KNOWN, Value } from '../../../shared/formats/build/value.ts';

const named = (order?: readonly number[]): Value =>
  new Value('float32', ['n', 2], { kind: 'named', name: 'x', order });

describe('what is known of a value', () => {
  it('is its shape, unless there is none', () => {
    expect(named().rank).toBe(2);
    const open = named().withShape(null);
    expect(() => open.rank).toThrow(Unconvertible);
    expect(() => open.sizes).toThrow('the file does not say it');
  });

  it('is its elements where it is a small constant', () => {
    const b = Builder.root(17);
    expect(b.numbers([1, 2.5], 'float32').numbers).toEqual([1, 2.5]);
    expect(b.numbers([2 ** 40], 'int64').numbers).toEqual([2 ** 40]);
    expect(b.numbers(new Array<number>(MAX_KNOWN + 1).fill(1), 'int32').known).toBeUndefined();
  });

  it('is names of sizes among numbers, which are then no numbers', () => {
    const value = named().withKnown(['n', 3]);
    expect(value.known).toEqual(['n', 3]);
    expect(value.numbers).toBeUndefined();
    expect(value.withKnown(undefined)).toBe(value);
    expect(value.withShape([2]).known).toEqual(['n', 3]);
  });
});

it('an order that changes nothing is none', () => {
  expect(named([0, 1]).order).toBeUndefined();
  expect(named([1, 0]).order).toEqual([1, 0]);
  expect(named().constant).toBeUndefined();
});

describe('a quantized constant', () => {
  const tensor = numberTensor([1, 2, 3, 4], 'int8', [2, 2]);
  const value = new Value('float32', [2, 2], {
    kind: 'quantized',
    tensor,
    scale: [1, 2],
    zeroPoint: [0, 0],
    axis: 1,
  });

  it('takes another shape with its scales', () => {
    const flat = value.reshaped([4], [1, 2, 1, 2], [0, 0, 0, 0], 0);
    expect(flat.shape).toEqual([4]);
    expect(flat.content).toMatchObject({ kind: 'quantized', axis: 0, scale: [1, 2, 1, 2] });
  });

  it('is the only one that does', () => {
    expect(() => named().reshaped([4], [1], [0], 0)).toThrow('not quantized');
  });
});
