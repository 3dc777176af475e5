import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { numberTensor } from '../../../shared/formats/build/number-tensor.ts';
import { channelsFirst } from '../../../shared/formats/build/order.ts';
import { Unconvertible } from '../../../shared/formats/build/unconvertible.ts';
import { Value } from '../../../shared/formats/build/value.ts';
import {
  checkWindow,
  conv,
  depthwiseConv,
  filterOrder,
  padsOf,
  pool,
  poolWithPlaces,
  reachOf,
  windowCount,
} from '../../../shared/formats/build/window.ts';
import { anyInput, opsOf } from './_graph.ts';

const SAME = { kernel: [3, 3], strides: [2, 2], padding: 'SAME' } as const;

/** Attributes of the last node of an operator. */
const attributesOf = (b: Builder, op: string): Record<string, unknown> => {
  const node = b.graph('g').nodes.findLast(({ opType }) => opType === op);
  return Object.fromEntries(
    [...(node?.attributes ?? [])].map(([name, attribute]) => [
      name,
      'value' in attribute ? attribute.value : undefined,
    ]),
  );
};

const filters = (b: Builder, dims: readonly number[]): Value =>
  b.numbers(
    new Array<number>(dims.reduce((product, dim) => product * dim, 1)).fill(1),
    'float32',
    dims,
  );

describe('SAME', () => {
  it('has its odd element behind, as numbers where sizes are known', () => {
    const b = Builder.root(17);
    const y = conv(b, anyInput(b, 'float32', ['n', 8, 7, 2]), filters(b, [3, 3, 2, 4]), SAME);
    expect(attributesOf(b, 'Conv').pads).toEqual([0, 1, 1, 1]);
    expect(y.shape).toEqual(['n', 4, 4, 4]);
    expect(y.order).toEqual(channelsFirst(2));
  });

  it('is left to the runtime where a size is free', () => {
    const b = Builder.root(17);
    const y = conv(b, anyInput(b, 'float32', ['n', null, 7, 2]), filters(b, [3, 3, 2, 4]), SAME);
    expect(Buffer.from(attributesOf(b, 'Conv').auto_pad as Uint8Array).toString()).toBe(
      'SAME_UPPER',
    );
    expect(y.shape).toEqual(['n', null, 4, 4]);
  });

  it('is computed where runtimes cannot: dilations, and strides larger than the window', () => {
    for (const window of [
      { ...SAME, dilations: [2, 2] },
      { ...SAME, kernel: [2, 2], strides: [3, 3] },
    ]) {
      const b = Builder.root(17);
      conv(
        b,
        anyInput(b, 'float32', [1, null, null, 2]),
        filters(b, [...window.kernel, 2, 4]),
        window,
      );
      expect(opsOf(b)).toContain('Pad');
      expect(attributesOf(b, 'Conv').auto_pad).toBeUndefined();
    }
  });

  it('needs no sizes where the window moves by one, or is one', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', [1, 'h', 'w', 2]);
    const still = conv(b, x, filters(b, [3, 3, 2, 4]), { ...SAME, strides: [1, 1] });
    expect(attributesOf(b, 'Conv').pads).toEqual([1, 1, 1, 1]);
    expect(still.shape).toEqual([1, 'h', 'w', 4]);
    conv(b, x, filters(b, [1, 1, 2, 4]), { ...SAME, kernel: [1, 1] });
    expect(attributesOf(b, 'Conv').pads).toBeUndefined();
  });
});

describe('a convolution', () => {
  it('has as many groups as its filters leave', () => {
    const b = Builder.root(17);
    conv(b, anyInput(b, 'float32', [1, 5, 5, 6]), filters(b, [1, 1, 2, 9]), {
      kernel: [1, 1],
      strides: [1, 1],
      padding: 'VALID',
    });
    expect(attributesOf(b, 'Conv').group).toBe(3);
  });

  it('says of its window what does not go without saying', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', [1, 5, 5, 2]);
    conv(b, x, filters(b, [3, 3, 2, 4]), { ...SAME, strides: [1, 1], padding: 'VALID' });
    expect(Object.keys(attributesOf(b, 'Conv'))).toEqual(['kernel_shape']);
  });

  it('refuses channels that its filters do not fit, and integers', () => {
    const b = Builder.root(17);
    const one = { kernel: [1, 1], strides: [1, 1], padding: 'VALID' } as const;
    expect(() =>
      conv(b, anyInput(b, 'float32', [1, 5, 5, 5]), filters(b, [1, 1, 2, 9]), one),
    ).toThrow('5 channels do not fit filters for 2');
    expect(() =>
      conv(b, anyInput(b, 'int64', [1, 5, 5, 2]), filters(b, [1, 1, 2, 9]), one),
    ).toThrow(Unconvertible);
  });

  it('refuses a window that is larger than its input', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', [1, 2, 5, 2]);
    expect(() =>
      conv(b, x, filters(b, [3, 3, 2, 1]), { kernel: [3, 3], strides: [1, 1], padding: 'VALID' }),
    ).toThrow('larger than its input of size 2');
  });
});

describe('a depthwise convolution', () => {
  it('keeps quantized filters in integers, their scales along the joined channels', () => {
    const b = Builder.root(17);
    const tensor = numberTensor([1, 2, 3, 4, 5, 6, 7, 8], 'int8', [2, 1, 2, 2]);
    const quantized = new Value('float32', tensor.dims, {
      kind: 'quantized',
      tensor,
      scale: [0.5, 0.25],
      zeroPoint: [0, 0],
      axis: 2,
    });
    const y = depthwiseConv(b, anyInput(b, 'float32', [1, 4, 4, 2]), quantized, {
      kernel: [2, 1],
      strides: [1, 1],
      padding: 'VALID',
    });
    expect(y.shape).toEqual([1, 3, 4, 4]);
    expect(attributesOf(b, 'DequantizeLinear').axis).toBe(0);
    expect(attributesOf(b, 'Conv').group).toBe(2);
    const scales = [...b.graph('g').initializers.values()].find(({ type }) => type === 'float32');
    expect(scales?.dims).toEqual([4]);
  });

  it('refuses filters of free size', () => {
    const b = Builder.root(17);
    const free = anyInput(b, 'float32', [2, 2, null, 1]);
    expect(() => depthwiseConv(b, anyInput(b, 'float32', [1, 4, 4, 2]), free, SAME)).toThrow(
      'its filters have a free size',
    );
  });
});

describe('a pool', () => {
  it('does not count the padding', () => {
    const b = Builder.root(17);
    pool(b, 'AveragePool', anyInput(b, 'float32', [1, 5, 5, 2]), SAME);
    expect(attributesOf(b, 'AveragePool').count_include_pad).toBeUndefined();
    pool(b, 'MaxPool', anyInput(b, 'uint8', [1, 5, 5, 2]), SAME);
    expect(attributesOf(b, 'MaxPool').count_include_pad).toBeUndefined();
    expect(opsOf(b)).not.toContain('Cast');
  });

  it('refuses to tell places of margins that are not known', () => {
    const b = Builder.root(17);
    const window = { kernel: [1, 2], strides: [3, 3], padding: 'SAME' } as const;
    expect(() => poolWithPlaces(b, anyInput(b, 'float32', [1, 4, null, 2]), window)).toThrow(
      'padding SAME over a size that is free',
    );
  });
});

it('a window covers its holes', () => {
  expect(reachOf({ kernel: [3, 1], dilations: [2, 5] })).toEqual([5, 1]);
  expect(reachOf({ kernel: [3, 4] })).toEqual([3, 4]);
});

it.each<[Parameters<typeof windowCount>, ReturnType<typeof windowCount>]>([
  [[7, [0, 0], 3, 2], 3],
  [[7, [1, 2], 3, 2], 4],
  [[null, [0, 0], 3, 2], null],
  [['w', [0, 0], 1, 1], 'w'],
  [['w', [1, 0], 1, 1], null],
])('windows %j stand at %s places', (given, count) => {
  expect(windowCount(...given)).toBe(count);
});

it('no margins need no attribute, filters have their outputs in front', () => {
  expect(padsOf([0, 0])).toEqual({});
  expect(padsOf([0, 1])).toEqual({ pads: [0, 1] });
  expect(filterOrder(2)).toEqual([3, 2, 0, 1]);
});

it.each([
  { kernel: [0], strides: [1] },
  { kernel: [2], strides: [0] },
  { kernel: [2], strides: [-1] },
  { kernel: [2], strides: [Number.NaN] },
  { kernel: [2], strides: [1], dilations: [0] },
])('a window that covers nothing or stands still is refused: %j', (window) => {
  expect(() => checkWindow({ ...window, padding: 'VALID' })).toThrow(Unconvertible);
});
