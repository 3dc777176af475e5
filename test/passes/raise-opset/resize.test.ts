import { expect, it } from 'vitest';
import { goldenCases } from '../_harness.ts';
import { raise, refusalOf } from './_raise.ts';

goldenCases('raise-opset/resize', raise);

it('refuses nearest Resize-10 that may enlarge or shrink', () => {
  expect(refusalOf('y = Resize (x, s)', 10, 11)).toContain('scales are computed');
  expect(
    refusalOf('t = Constant <value = float[4] {1, 1, 2, 0.5}> () y = Resize (x, t)', 10, 11),
  ).toContain('enlarges one axis and shrinks another');
});

it('refuses tf_half_pixel_for_nn with any rounding but floor', () => {
  const nodes =
    'y = Resize <coordinate_transformation_mode = "tf_half_pixel_for_nn", nearest_mode = "ceil"> (x, s, s)';
  expect(refusalOf(nodes, 11, 13)).toContain("with 'ceil' has no successor");
});
