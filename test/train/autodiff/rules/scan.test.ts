import { afterAll, expect, test } from 'vitest';
import { parseModel } from '../../../../shared/onnx/text/parse-model.ts';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { differentiate } from '../../../../shared/train/autodiff/differentiate.ts';
import { staticShapes } from '../../../../shared/train/autodiff/static-shapes.ts';
import { type GradientCase, gradientError, testGradients } from '../_check-gradient.ts';

afterAll(closeSharedProcess);

const BODY = `body = step (float[2,3] h, float[2,3] p) => (float[2,3] n, float[2,3] o) {
  a = MatMul (h, w) b = Add (a, p) n = Tanh (b) o = Mul (n, h) }`;

const CASES: Readonly<Record<string, GradientCase>> = {
  'a state, a sequence and what is around it': {
    graph: `g (float[2,3] s, float[4,2,3] x, float[3,3] w) => (float[2,3] last, float[4,2,3] y) {
      last, y = Scan <num_scan_inputs = 1, ${BODY}> (s, x) }`,
  },
  'from the end, results in the order of the steps': {
    graph: `g (float[2,3] s, float[4,2,3] x, float[3,3] w) => (float[4,2,3] y) {
      last, y = Scan <num_scan_inputs = 1, scan_input_directions = [1], ${BODY}> (s, x) }`,
  },
  'results from the end': {
    graph: `g (float[2,3] s, float[4,2,3] x, float[3,3] w) => (float[2,3] last, float[4,2,3] y) {
      last, y = Scan <num_scan_inputs = 1, scan_output_directions = [1], ${BODY}> (s, x) }`,
  },
  'the last state alone': {
    graph: `g (float[2,3] s, float[4,2,3] x, float[3,3] w) => (float[2,3] last) {
      last, y = Scan <num_scan_inputs = 1, ${BODY}> (s, x) }`,
  },
  'two states, one of integers, and no state before': {
    graph: `g (float[2] s, float[3,2] x) => (float[2] last, float[3,2] y) <int64 i = {0}, int64 j = {1}> {
      c, last, y = Scan <num_scan_inputs = 1, body = step (int64 k, float[2] h, float[2] p) => (int64 m, float[2] n, float[2] o) {
        m = Add (k, j) f = Cast <to = 1> (m) a = Mul (p, f) n = Add (h, a) o = Exp (n) }> (i, s, x) }`,
  },
  'no state': {
    graph: `g (float[3,2] x, float[2] w) => (float[3,2] y) {
      y = Scan <num_scan_inputs = 1, body = step (float[2] p) => (float[2] o) { a = Mul (p, w) o = Sin (a) }> (x) }`,
  },
  'a Scan in a Scan': {
    graph: `g (float[2] s, float[3,4,2] x, float[2] w) => (float[2] last) {
      last, y = Scan <num_scan_inputs = 1, body = outer (float[2] h, float[4,2] p) => (float[2] n, float[2] o) {
        n, q = Scan <num_scan_inputs = 1, body = inner (float[2] k, float[2] r) => (float[2] m, float[2] t) {
          b = Mul (k, w) c = Add (b, r) m = Tanh (c) t = Neg (m) }> (h, p)
        o = Exp (n) }> (s, x) }`,
  },
};

testGradients(CASES);

test('what is in the way inside is named', async () => {
  const model = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[2] s, float[3,2] x) => (float y) {
  last, o = Scan <num_scan_inputs = 1, body = step (float[2] h, float[2] p) => (float[2] n, float[2] q) {
    k = Cast <to = 10> (h) m = Cast <to = 1> (k) n = Add (m, p) q = Neg (n) }> (s, x)
  y = ReduceSum <keepdims = 0> (o) }`);
  const shapes = await staticShapes(model);
  expect(() => differentiate(model, { loss: 'y', by: ['x'], shapes })).toThrow(
    'through Scan around Cast in another type than float32',
  );
});

test('other axes are refused', async () => {
  const graph = `g (float[2,3] x) => (float[2,3] y) {
    y = Scan <num_scan_inputs = 1, scan_input_axes = [1], body = step (float[2] p) => (float[2] o) { o = Neg (p) }> (x) }`;
  await expect(gradientError({ graph })).rejects.toThrow('Scan along another axis');
});
