import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { NORMALIZATIONS } from '../../../../shared/train/autodiff/rules/normalize.ts';
import { type GradientCase, gradientError, gradientErrors } from '../_check-gradient.ts';

afterAll(closeSharedProcess);

const CASES: Readonly<Record<string, GradientCase>> = {
  'BatchNormalization by moments that are given': {
    graph: `g (float[2,3,4,4] x, float[3] s, float[3] b) => (float[2,3,4,4] y) <float[3] m = {0.1, -0.2, 0.3}, float[3] v = {1, 2, 0.5}> {
      y = BatchNormalization <epsilon = 0.01> (x, s, b, m, v) }`,
  },
  'BatchNormalization of matrices': {
    graph: `g (float[4,3] x, float[3] s, float[3] b) => (float[4,3] y) <float[3] m = {0.1, -0.2, 0.3}, float[3] v = {1, 2, 0.5}> {
      y = BatchNormalization (x, s, b, m, v) }`,
  },
  'BatchNormalization by the batch': {
    graph: `g (float[4,3,2,2] x, float[3] s, float[3] b) => (float[4,3,2,2] y) <float[3] m = {0, 0, 0}, float[3] v = {1, 1, 1}> {
      y, rm, rv = BatchNormalization <training_mode = 1> (x, s, b, m, v) }`,
  },
  'BatchNormalization by the batch, whose moments it gives': {
    graph: `g (float[4,3,2,2] x, float[3] s, float[3] b) => (float[4,3,2,2] y) <float[3] m = {0, 0, 0}, float[3] v = {1, 1, 1}> {
      y, rm, rv = BatchNormalization <training_mode = 1, momentum = 0.0> (x, s, b, m, v) }`,
  },
  'BatchNormalization of matrices by the batch': {
    graph: `g (float[5,3] x, float[3] s, float[3] b) => (float[5,3] y) <float[3] m = {0, 0, 0}, float[3] v = {1, 1, 1}> {
      y, rm, rv = BatchNormalization <training_mode = 1, momentum = 0.0> (x, s, b, m, v) }`,
  },
  InstanceNormalization: {
    graph:
      'g (float[2,3,5] x, float[3] s, float[3] b) => (float[2,3,5] y) { y = InstanceNormalization (x, s, b) }',
  },
  LayerNormalization: {
    graph:
      'g (float[2,3,5] x, float[5] s, float[5] b) => (float[2,3,5] y) { y = LayerNormalization (x, s, b) }',
  },
  'LayerNormalization over two axes, without a bias': {
    graph:
      'g (float[2,3,5] x, float[3,5] s) => (float[2,3,5] y) { y = LayerNormalization <axis = 1> (x, s) }',
  },
  RMSNormalization: {
    graph: 'g (float[2,3,5] x, float[5] s) => (float[2,3,5] y) { y = RMSNormalization (x, s) }',
    opset: 23,
  },
  'GroupNormalization, a scale a channel': {
    graph:
      'g (float[2,4,3] x, float[4] s, float[4] b) => (float[2,4,3] y) { y = GroupNormalization <num_groups = 2> (x, s, b) }',
    opset: 21,
  },
  'GroupNormalization, a scale a group': {
    graph:
      'g (float[2,4,3] x, float[2] s, float[2] b) => (float[2,4,3] y) { y = GroupNormalization <num_groups = 2> (x, s, b) }',
    opset: 18,
  },
  'LpNormalization by absolute values': {
    graph: 'g (float[2,5] x) => (float[2,5] y) { y = LpNormalization <p = 1, axis = 0> (x) }',
    range: [0.5, 2],
  },
  LRN: {
    graph:
      'g (float[2,6,2,2] x) => (float[2,6,2,2] y) { y = LRN <size = 3, alpha = 0.9, beta = 0.6, bias = 1.5> (x) }',
  },
  LpNormalization: {
    graph: 'g (float[2,5] x) => (float[2,5] y) { y = LpNormalization (x) }',
    range: [0.5, 2],
  },
};

let errors: ReadonlyMap<string, number>;
beforeAll(async () => {
  errors = await gradientErrors(CASES);
});

test.for(Object.keys(CASES))('%s', (name) => {
  expect(errors.get(name)).toBeLessThan(2e-3);
});

test('moments that are given are no weights', async () => {
  const graph = `g (float[4,3] x, float[3] m) => (float[4,3] y) <float[3] s = {1, 2, 3}, float[3] v = {1, 2, 0.5}> {
    y = BatchNormalization (x, s, s, m, v) }`;
  await expect(gradientError({ graph })).rejects.toThrow('BatchNormalization by its mean');
});

test('each op has a case', () => {
  const names = Object.keys(CASES);
  const without = Object.keys(NORMALIZATIONS).filter(
    (op) => !names.some((name) => name.startsWith(op)),
  );
  // The same as RMSNormalization, by its name before opset 23.
  expect(without).toEqual(['com.microsoft:SimplifiedLayerNormalization']);
});
