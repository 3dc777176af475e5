import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import {
  dataFormat,
  spatialSteps,
  stepsAttribute,
} from '../../../shared/formats/tf/data-format.ts';
import { anyInput, opsOf } from '../build/_graph.ts';
import { node } from './_nodes.ts';

const of = (b: Builder, format: string, spatial = 2) =>
  dataFormat(b, node('n', 'Op', [], { data_format: format }), spatial);

describe('channels in front', () => {
  it('are seen behind and given back in front, without a node', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', ['n', 3, 4, 5]);
    const format = of(b, 'NCHW');
    const last = format.toLast(x);
    expect(last.shape).toEqual(['n', 4, 5, 3]);
    expect(last.order).toEqual([0, 3, 1, 2]);
    expect(format.fromLast(last).shape).toEqual(['n', 3, 4, 5]);
    expect(format.fromLast(last).order).toBeUndefined();
    expect(opsOf(b)).toEqual([]);
  });

  it('stand in front in lists by axis too', () => {
    const format = of(Builder.root(17), 'NCDHW', 3);
    expect([format.spatial([1, 2, 3, 4, 5]), format.channel([1, 2, 3, 4, 5])]).toEqual([
      [3, 4, 5],
      2,
    ]);
  });
});

it('channels behind are as they are', () => {
  const b = Builder.root(17);
  const x = anyInput(b, 'float32', ['n', 4, 5, 3]);
  const format = dataFormat(b, node('n', 'Op', []), 2);
  expect(format.toLast(x)).toBe(x);
  expect([format.spatial([1, 2, 3, 4]), format.channel([1, 2, 3, 4])]).toEqual([[2, 3], 4]);
});

it('formats of special hardware are refused', () => {
  expect(() => of(Builder.root(17), 'NCHW_VECT_C')).toThrow('NCHW_VECT_C');
});

describe('steps by axis', () => {
  const format = of(Builder.root(17), 'NHWC');
  it('are those of the spatial axes, 1 where they are not given', () => {
    expect(
      stepsAttribute(node('n', 'Op', [], { strides: [1, 2, 3, 1] }), 'strides', format, 2),
    ).toEqual([2, 3]);
    expect(stepsAttribute(node('n', 'Op', []), 'strides', format, 2)).toEqual([1, 1]);
  });
  it.each([[[2, 1, 1, 1]], [[1, 1, 1, 2]], [[1, 0, 1, 1]], [[1, 1]], [[1, 1.5, 1, 1]]])(
    '%j are refused',
    (steps) => {
      expect(() => spatialSteps(steps, 'strides', format, 2)).toThrow('strides');
    },
  );
});
