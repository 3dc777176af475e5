import { afterAll, expect, test } from 'vitest';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { type GradientCase, gradientError, testGradients } from '../_check-gradient.ts';

afterAll(closeSharedProcess);

/** Of [1, 2, 4, 5] to [1, 2, height, width]. */
const toSizes = (height: number, width: number, attributes: string, opset = 17): GradientCase => ({
  graph: `g (float[1,2,4,5] x) => (float[1,2,${height},${width}] y) <int64[4] s = {1, 2, ${height}, ${width}}> {
    y = Resize <${attributes}> (x, , , s) }`,
  opset,
});

const COORDINATES = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric'];
const ROUNDINGS = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'];
const SIZES = [
  [8, 10],
  [3, 7],
  [2, 1],
] as const;

const CASES: Readonly<Record<string, GradientCase>> = {
  ...Object.fromEntries(
    COORDINATES.flatMap((coordinates) =>
      SIZES.flatMap(([height, width]) => {
        const of = `coordinate_transformation_mode = "${coordinates}"`;
        const name = `${coordinates}, ${height} × ${width}`;
        return [
          ...ROUNDINGS.map((rounding): [string, GradientCase] => [
            `nearest, ${rounding}, ${name}`,
            toSizes(height, width, `mode = "nearest", nearest_mode = "${rounding}", ${of}`),
          ]),
          [`linear, ${name}`, toSizes(height, width, `mode = "linear", ${of}`)] as const,
          [`cubic, ${name}`, toSizes(height, width, `mode = "cubic", ${of}`)] as const,
        ];
      }),
    ),
  ),
  'cubic of another coefficient, what lies outside left out': toSizes(
    7,
    9,
    'mode = "cubic", exclude_outside = 1, cubic_coeff_a = -0.5',
  ),
  'linear, symmetric': toSizes(
    7,
    9,
    'mode = "linear", coordinate_transformation_mode = "half_pixel_symmetric"',
    19,
  ),
  'by scales that leave a rest': {
    graph: `g (float[1,1,3,5] x) => (float[1,1,4,12] y) <float[0] r = {}, float[4] s = {1, 1, 1.5, 2.4}> {
      y = Resize <mode = "linear"> (x, r, s) }`,
  },
  'of named axes': {
    graph: `g (float[1,1,3,4] x) => (float[1,1,6,6] y) <int64[2] s = {6, 6}> {
      y = Resize <mode = "linear", axes = [2, -1]> (x, , , s) }`,
    opset: 18,
  },
  'along one axis': {
    graph: `g (float[2,3,4] x) => (float[2,3,8] y) <float[3] s = {1, 1, 2}> {
      y = Resize <coordinate_transformation_mode = "asymmetric", nearest_mode = "floor"> (x, , s) }`,
  },
  'along three axes': {
    graph: `g (float[1,1,2,3,2] x) => (float[1,1,4,3,5] y) <int64[5] s = {1, 1, 4, 3, 5}> {
      y = Resize <mode = "linear"> (x, , , s) }`,
  },
  'of a part that reaches beyond': {
    graph: `g (float[1,1,4,4] x) => (float[1,1,3,5] y) <float[8] r = {0, 0, 0.2, -0.3, 1, 1, 0.9, 1.4}, int64[4] s = {1, 1, 3, 5}> {
      y = Resize <mode = "linear", coordinate_transformation_mode = "tf_crop_and_resize", extrapolation_value = 2.0> (x, r, , s) }`,
  },
};

testGradients(CASES);

test('what it does not know is refused by name', async () => {
  const soft = toSizes(2, 2, 'mode = "linear", antialias = 1', 18);
  await expect(gradientError(soft)).rejects.toThrow('Resize with antialias');
});
