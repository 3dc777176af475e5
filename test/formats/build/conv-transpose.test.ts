import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import {
  convTranspose,
  type TransposedWindow,
} from '../../../shared/formats/build/conv-transpose.ts';
import type { Dim } from '../../../shared/formats/build/dims.ts';
import { anyInput, opsOf } from './_graph.ts';

const base = { kernel: [3], strides: [2], padding: 'SAME' } as const;

/** The size of the result and the attributes that place it, for an input of one axis. */
function placed(size: Dim, window: TransposedWindow): unknown[] {
  const b = Builder.root(17);
  const filters = b.numbers(new Array<number>((window.kernel[0] ?? 1) * 2).fill(1), 'float32', [
    window.kernel[0] ?? 1,
    2,
    1,
  ]);
  const y = convTranspose(b, anyInput(b, 'float32', [1, size, 1]), filters, window);
  const node = b.graph('g').nodes.find(({ opType }) => opType === 'ConvTranspose');
  const value = (name: string): unknown => {
    const attribute = node?.attributes.get(name);
    return attribute && 'value' in attribute ? attribute.value : undefined;
  };
  return [y.shape?.[1], value('pads'), value('output_padding')];
}

it.each<[string, Dim, TransposedWindow, unknown[]]>([
  ['SAME', 5, base, [10, [0, 1], undefined]],
  ['SAME of an even window', 5, { ...base, kernel: [4] }, [10, [1, 1], undefined]],
  ['SAME of a window below the stride', 5, { ...base, kernel: [1] }, [10, undefined, [1]]],
  ['VALID', 5, { ...base, padding: 'VALID' }, [11, undefined, undefined]],
  ['VALID below the stride', 5, { ...base, kernel: [1], padding: 'VALID' }, [10, undefined, [1]]],
  ['a stated size', 5, { ...base, outputSizes: [9] }, [9, [1, 1], undefined]],
  [
    'a stated size that is larger',
    4,
    { ...base, padding: 'VALID', outputSizes: [10] },
    [10, undefined, [1]],
  ],
  ['Keras, added elements', 5, { ...base, outputPadding: [1] }, [10, [0, 1], undefined]],
  ['Keras, none added', 5, { ...base, outputPadding: [0] }, [9, [1, 1], undefined]],
  [
    'Keras, VALID and added',
    5,
    { ...base, padding: 'VALID', outputPadding: [1] },
    [12, undefined, [1]],
  ],
  ['a free size', null, base, [null, [0, 1], undefined]],
  ['margins', 4, { ...base, padding: [[1, 0]], outputSizes: [8] }, [8, [1, 0], undefined]],
  ['dilations', 5, { ...base, dilations: [2] }, [10, [1, 2], undefined]],
])('%s', (_, size, window, wanted) => {
  expect(placed(size, window)).toEqual(wanted);
});

describe('sizes that are computed', () => {
  it('cut the whole result when the model runs', () => {
    const b = Builder.root(17);
    const filters = b.numbers([1, 2, 3], 'float32', [3, 1, 1]);
    const outputSizes = anyInput(b, 'int32', [1]);
    convTranspose(b, anyInput(b, 'float32', [1, null, 1]), filters, { ...base, outputSizes });
    expect(opsOf(b).at(-1)).toBe('Slice');
    // A window that reaches over its stride leaves no gaps at the end.
    expect(opsOf(b)).not.toContain('Pad');
  });

  it('are refused with a bias, and margins without sizes are', () => {
    const b = Builder.root(17);
    const filters = b.numbers([1, 2, 3], 'float32', [3, 1, 1]);
    const bias = b.numbers([1], 'float32');
    const x = anyInput(b, 'float32', [1, null, 1]);
    const outputSizes = anyInput(b, 'int32', [1]);
    expect(() => convTranspose(b, x, filters, { ...base, outputSizes }, bias)).toThrow(
      'with a bias',
    );
    expect(() => convTranspose(b, x, filters, { ...base, padding: [[1, 1]] })).toThrow(
      'explicit margins and free sizes',
    );
  });
});
