import { afterAll } from 'vitest';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { type GradientCase, testGradients } from '../_check-gradient.ts';

afterAll(closeSharedProcess);

/** With a bias unless the output's channels are 0. */
const conv = (x: string, w: string, y: string, attributes: string, op = 'Conv'): GradientCase => {
  const channels = y.split(',')[1];
  return {
    graph: `g (float[${x}] x, float[${w}] w, float[${channels}] b) => (float[${y}] y) { y = ${op} <${attributes}> (x, w, b) }`,
  };
};
const transposed = (x: string, w: string, y: string, attributes: string): GradientCase =>
  conv(x, w, y, attributes, 'ConvTranspose');

const CASES: Readonly<Record<string, GradientCase>> = {
  '3 × 3, few places': conv('2,3,6,6', '4,3,3,3', '2,4,4,4', 'kernel_shape = [3, 3]'),
  '3 × 3, many places, padded': conv('2,3,9,9', '4,3,3,3', '2,4,9,9', 'pads = [1, 1, 1, 1]'),
  'stride 2, what is left over': conv(
    '1,2,10,9',
    '3,2,3,3',
    '1,3,5,4',
    'strides = [2, 2], pads = [1, 0, 1, 0]',
  ),
  'stride 3, kernel 2': conv('2,2,11,8', '3,2,2,2', '2,3,4,3', 'strides = [3, 3]'),
  'dilation 2, uneven pads': conv(
    '1,2,8,8',
    '2,2,3,3',
    '1,2,7,5',
    'dilations = [2, 2], pads = [2, 0, 1, 1]',
  ),
  'pads wider than the kernel': conv('1,2,4,4', '2,2,2,2', '1,2,7,7', 'pads = [2, 2, 2, 2]'),
  '1 × 1': conv('2,3,4,4', '5,3,1,1', '2,5,4,4', 'kernel_shape = [1, 1]'),
  '1 × 1, stride 2': conv('2,3,5,5', '4,3,1,1', '2,4,3,3', 'strides = [2, 2]'),
  'two groups': conv('2,4,6,6', '6,2,3,3', '2,6,6,6', 'group = 2, pads = [1, 1, 1, 1]'),
  depthwise: conv('2,4,7,7', '4,1,3,3', '2,4,7,7', 'group = 4, pads = [1, 1, 1, 1]'),
  'depthwise, stride 2': conv(
    '1,3,7,7',
    '3,1,3,3',
    '1,3,4,4',
    'group = 3, strides = [2, 2], pads = [1, 1, 1, 1]',
  ),
  'depthwise, two outputs a channel, dilated': conv(
    '1,3,8,8',
    '6,1,3,3',
    '1,6,4,4',
    'group = 3, dilations = [2, 2]',
  ),
  '7 × 7, stride 2': conv(
    '1,3,12,12',
    '2,3,7,7',
    '1,2,6,6',
    'strides = [2, 2], pads = [3, 3, 3, 3]',
  ),
  'one axis': conv('2,3,9', '4,3,3', '2,4,5', 'strides = [2], pads = [1, 1]'),
  'three axes': conv('1,2,4,5,4', '3,2,2,3,2', '1,3,3,5,3', 'pads = [0, 1, 0, 0, 1, 0]'),
  SAME_UPPER: conv('1,2,7,6', '3,2,3,2', '1,3,4,3', 'auto_pad = "SAME_UPPER", strides = [2, 2]'),
  SAME_LOWER: conv('1,2,7,6', '3,2,2,2', '1,3,7,6', 'auto_pad = "SAME_LOWER"'),
  VALID: conv('1,2,5,5', '2,2,3,3', '1,2,3,3', 'auto_pad = "VALID"'),
  'transposed, stride 2': transposed(
    '1,3,4,4',
    '3,2,3,3',
    '1,2,8,8',
    'strides = [2, 2], pads = [1, 1, 1, 1], output_padding = [1, 1]',
  ),
  'transposed, groups': transposed('2,4,3,3', '4,1,2,2', '2,2,6,6', 'strides = [2, 2], group = 2'),
  'transposed, dilated': transposed('1,2,4,4', '2,3,2,2', '1,3,6,6', 'dilations = [2, 2]'),
  'transposed, SAME_UPPER': transposed(
    '1,2,4,4',
    '2,3,3,3',
    '1,3,8,8',
    'auto_pad = "SAME_UPPER", strides = [2, 2]',
  ),
  'transposed, one axis': transposed('2,3,5', '3,2,4', '2,2,10', 'strides = [2], pads = [1, 1]'),
};

testGradients(CASES);
