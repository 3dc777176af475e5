import { expect, it } from 'vitest';
import { goldenCases } from '../_harness.ts';
import { raise, refusalOf } from './_raise.ts';

goldenCases('raise-opset/meanings', raise);

it.each([
  ['y = BatchNormalization <spatial = 0> (x, p, p, p, p)', 8, 9, 'spatial = 0'],
  ['y, m = BatchNormalization (x, p, p, p, p) z = Neg (m)', 9, 14, 'running statistics'],
  ['z, m = Dropout (x) y = Neg (m)', 7, 10, 'mask is used'],
  ['y = Scale (x)', 9, 10, 'left the standard with opset 10'],
  [
    'y = AveragePool <kernel_shape = [2, 2], ceil_mode = 1, count_include_pad = 1> (x)',
    11,
    19,
    'windows over the edge',
  ],
  ['y = GroupNormalization <num_groups = 2> (z, p, p) z = Relu (w)', 18, 21, 'channels'],
  ['y = MeanVarianceNormalization <normalize_variance = 0> (x)', 8, 9, 'variance'],
])('refuses %s', (nodes, from, to, reason) => {
  expect(refusalOf(nodes, from, to)).toContain(reason);
});
