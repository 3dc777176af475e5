import { afterAll, expect, test } from 'vitest';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { POOLS } from '../../../../shared/train/autodiff/rules/pool.ts';
import { type GradientCase, testGradients } from '../_check-gradient.ts';

afterAll(closeSharedProcess);

const pool = (op: string, x: string, y: string, attributes = ''): GradientCase => ({
  graph: `g (float[${x}] x) => (float[${y}] y) { y = ${op} ${attributes === '' ? '' : `<${attributes}> `}(x) }`,
});
/** Elements are 0.4 apart and steps smaller, so that none makes another the largest. */
const apart = (op: string, x: string, y: string, attributes = ''): GradientCase => {
  const dims = x.split(',').map(Number);
  const count = dims.reduce((a, b) => a * b, 1);
  // 7 and the count have no common divisor in these cases.
  const values = Array.from({ length: count }, (_, i) => 0.5 * ((i * 7) % count));
  return {
    graph: `g (float[${x}] x) => (float[${y}] y) <float[${x}] c = {${values.join()}}> {
      z = Add (x, c) y = ${op} ${attributes === '' ? '' : `<${attributes}> `}(z) }`,
    range: [-0.05, 0.05],
  };
};

const CASES: Readonly<Record<string, GradientCase>> = {
  'MaxPool of windows apart': apart(
    'MaxPool',
    '1,2,4,6',
    '1,2,2,3',
    'kernel_shape = [2, 2], strides = [2, 2]',
  ),
  'MaxPool of windows apart, something left over': apart(
    'MaxPool',
    '2,1,5,5',
    '2,1,2,2',
    'kernel_shape = [2, 2], strides = [2, 2]',
  ),
  'MaxPool of overlapping windows': apart(
    'MaxPool',
    '1,2,5,5',
    '1,2,3,3',
    'kernel_shape = [3, 3], strides = [2, 2], pads = [1, 1, 1, 1]',
  ),
  'MaxPool, ceil_mode': apart(
    'MaxPool',
    '1,1,5,5',
    '1,1,3,3',
    'kernel_shape = [2, 2], strides = [2, 2], ceil_mode = 1',
  ),
  'MaxPool that counts places by columns': apart(
    'MaxPool',
    '1,2,4,5',
    '1,2,3,4',
    'kernel_shape = [2, 2], storage_order = 1',
  ),
  'MaxPool, dilated': apart(
    'MaxPool',
    '1,2,8,8',
    '1,2,3,3',
    'kernel_shape = [3, 3], dilations = [2, 2], pads = [1, 1, 1, 1], strides = [2, 2]',
  ),
  'MaxPool along one axis': apart('MaxPool', '2,2,6', '2,2,3', 'kernel_shape = [2], strides = [2]'),
  AveragePool: pool('AveragePool', '1,2,4,6', '1,2,2,3', 'kernel_shape = [2, 2], strides = [2, 2]'),
  'AveragePool, overlapping, pads not counted': pool(
    'AveragePool',
    '2,3,5,5',
    '2,3,3,3',
    'kernel_shape = [3, 3], strides = [2, 2], pads = [1, 1, 1, 1]',
  ),
  'AveragePool, pads counted': pool(
    'AveragePool',
    '1,2,5,5',
    '1,2,5,5',
    'kernel_shape = [3, 3], pads = [1, 1, 1, 1], count_include_pad = 1',
  ),
  'AveragePool, ceil_mode': pool(
    'AveragePool',
    '1,2,6,6',
    '1,2,3,3',
    'kernel_shape = [3, 3], strides = [2, 2], ceil_mode = 1',
  ),
  'AveragePool, SAME_UPPER': pool(
    'AveragePool',
    '1,2,5,5',
    '1,2,3,3',
    'kernel_shape = [2, 2], strides = [2, 2], auto_pad = "SAME_UPPER"',
  ),
  'AveragePool along one axis': pool(
    'AveragePool',
    '2,3,7',
    '2,3,3',
    'kernel_shape = [3], strides = [2]',
  ),
  GlobalAveragePool: pool('GlobalAveragePool', '2,3,4,5', '2,3,1,1'),
  GlobalMaxPool: apart('GlobalMaxPool', '2,2,3,3', '2,2,1,1'),
};

testGradients(CASES);

test('each op has a case', () => {
  const names = Object.keys(CASES);
  expect(Object.keys(POOLS).filter((op) => !names.some((name) => name.startsWith(op)))).toEqual([]);
});
