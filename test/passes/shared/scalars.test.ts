import { expect, it } from 'vitest';
import { parseModel } from '../../../shared/onnx/text.ts';
import { clipBounds, isNear } from '../../../shared/passes/shared/scalars.ts';
import { graphContextOf } from './_context.ts';

const bounds = (opset: number, clip: string) => {
  const { context, node } = graphContextOf(
    parseModel(
      `<ir_version: 8, opset_import: ["": ${opset}]> g (float[2] x, float v) => (y) <float one = {1}> { y = ${clip} }`,
    ),
  );
  return clipBounds(node('y'), context);
};

it('knows the bounds of a Clip of any opset', () => {
  expect(bounds(6, 'Clip <max = 6.0> (x)')).toEqual({ min: -Infinity, max: 6 });
  expect(bounds(13, 'Clip (x, , one)')).toEqual({ min: -Infinity, max: 1 });
  expect(bounds(13, 'Clip (x, one)')).toEqual({ min: 1, max: Infinity });
  expect(bounds(13, 'Clip (x, v)')).toBeUndefined();
});

it('takes 1/6 in float32 for 1/6, and 0.1667 for another number', () => {
  expect(isNear(Math.fround(1 / 6), 1 / 6)).toBe(true);
  expect(isNear(0.1667, 1 / 6)).toBe(false);
});
