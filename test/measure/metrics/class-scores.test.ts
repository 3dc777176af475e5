import { describe, expect, it } from 'vitest';
import {
  checkClass,
  classCount,
  classLabels,
  classScores,
  decidedClass,
  fromOneHot,
} from '../../../shared/measure/metrics/class-scores.ts';
import { floats, ints } from './outputs.ts';

const decided = (
  output: Parameters<typeof classScores>[0],
  labelDims: number[] = [],
): number[] | undefined => {
  const scores = classScores(output, labelDims);
  return (
    scores &&
    Array.from({ length: scores.positions }, (_, position) => decidedClass(scores, position))
  );
};

describe('classScores', () => {
  it('sees one vector of scores, whatever axes of 1 surround it', () => {
    for (const dims of [[1, 3], [3], [1, 3, 1, 1]])
      expect(decided(floats(dims, 0.1, 0.7, 0.2))).toEqual([1]);
  });

  it('sees one column as a probability, above 0.5 or not', () => {
    expect(decided(floats([1, 1], 0.5))).toEqual([0]);
    expect(decided(floats([1], 0.501))).toEqual([1]);
    expect(classCount(classScores(floats([1, 1], 0.5), [])!)).toBe(2);
  });

  it('takes whole numbers for decisions', () => {
    expect(decided(ints([1], 7))).toEqual([7]);
    expect(classCount(classScores(ints([1], 7), [])!)).toBeUndefined();
    expect(classScores(ints([1, 3], 1, 2, 3), [])).toBeUndefined();
  });

  it('finds the axis of classes in maps: first, as ONNX has it, or last', () => {
    const first = floats([1, 2, 1, 3], 1, 5, 1, 2, 2, 2);
    expect(decided(first, [1, 3])).toEqual([1, 0, 1]);
    const last = floats([1, 3, 2], 1, 2, 5, 2, 1, 2);
    expect(decided(last, [3])).toEqual([1, 0, 1]);
    expect(decided(floats([1, 1, 2, 2], 0.9, 0.1, 0.2, 0.8), [2, 2])).toEqual([1, 0, 0, 1]);
    expect(classScores(floats([1, 3, 2], 1, 2, 5, 2, 1, 2), [4])).toBeUndefined();
  });

  it('gives the first of equals, and no class where a score is NaN', () => {
    expect(decided(floats([1, 3], 2, 2, 1))).toEqual([0]);
    expect(decided(floats([1, 3], 1, Number.NaN, 2))).toEqual([-1]);
    expect(decided(floats([1, 1], Number.NaN))).toEqual([-1]);
  });
});

describe('labels', () => {
  it('are classes as numbers, booleans, lists or tensors', () => {
    expect(classLabels(3)).toEqual({ dims: [], classes: [3] });
    expect(classLabels(true)).toEqual({ dims: [], classes: [1] });
    expect(classLabels([0, 2])).toEqual({ dims: [2], classes: [0, 2] });
    expect(classLabels({ type: 'uint8', dims: [1, 2], data: Uint8Array.of(4, 5) })).toMatchObject({
      dims: [1, 2],
    });
    expect(() => classLabels('cat')).toThrow(/the label "cat" is no class number/);
  });

  it('may be one-hot', () => {
    expect(fromOneHot({ dims: [3], classes: [0, 0, 1] }, 3)).toEqual({ dims: [], classes: [2] });
    expect(fromOneHot({ dims: [3], classes: [0, 1, 1] }, 3).dims).toEqual([3]);
    expect(fromOneHot({ dims: [3], classes: [0, 0, 1] }, 4).dims).toEqual([3]);
  });

  it('must be among the classes', () => {
    expect(checkClass(9, 10)).toBe(9);
    expect(checkClass(99, undefined)).toBe(99);
    expect(() => checkClass(10, 10)).toThrow(
      /label 10 is out of range: the model knows 10 classes, 0 to 9/,
    );
    expect(() => checkClass(-1, undefined)).toThrow(/label -1 is out of range/);
    expect(() => checkClass(1.5, 10)).toThrow(/label 1\.5 is no class number/);
  });
});
