import { expect, test } from 'vitest';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { trainableWeights } from '../../shared/train/trainable-weights.ts';
import { convNet, xorNet } from './_nets.ts';

const weightsOf = (io: string, initializers: string, body: string): readonly string[] =>
  trainableWeights(
    parseModel(
      `<ir_version: 8, opset_import: ["": 17]> g (${io}) => (float[n,m] y) <${initializers}> { ${body} }`,
    ),
  );

test('kernels, matrices, biases and scales of layers, each once', () => {
  expect(trainableWeights(convNet())).toEqual(['k', 'kb', 'm', 'w']);
  // Neither the moments of the norm, nor the factor between layers.
  expect(trainableWeights(xorNet())).toEqual(['a', 'b', 'scale', 'shift', 'c', 'd']);
});

test('through layouts and quantizers, and shared ones once', () => {
  const weights = weightsOf(
    'float[n,2] x',
    'float[2,2] w = {1, 2, 3, 4}, float[2,2] v = {1, 2, 3, 4}, float step = {0.1}, int8 zero = {0}',
    `t = Transpose (w) a = MatMul (x, t) b = MatMul (a, w)
     q = QuantizeLinear (v, step, zero) d = DequantizeLinear (q, step, zero) y = MatMul (b, d)`,
  );
  expect(weights).toEqual(['w', 'v']);
});

test('rows of an embedding, but no list that is looked up', () => {
  const weights = weightsOf(
    'int64[n] i',
    'float[3,2] table = {1, 2, 3, 4, 5, 6}, float[3] list = {1, 2, 3}, float[2,2] w = {1, 2, 3, 4}',
    'r = Gather (table, i) l = Gather (list, i) a = MatMul (r, w) y = Add (a, a)',
  );
  expect(weights).toEqual(['table', 'w']);
});

test('constants beside what no layer gives, or of another size than its channels, are none', () => {
  const weights = weightsOf(
    'float[n,2] x',
    'float[2] mean = {1, 2}, float[2,2] w = {1, 2, 3, 4}, float[2] bias = {0, 0}, float mask = {0}, float[2] late = {1, 1}',
    'c = Sub (x, mean) a = MatMul (c, w) b = Add (bias, a) m = Mul (b, mask) y = Add (m, late)',
  );
  expect(weights).toEqual(['w', 'bias']);
});

test('what a step that is repeated reads', () => {
  const weights = weightsOf(
    'float[4,2,2] x, float[2,2] s',
    'float[2,2] w = {1, 2, 3, 4}, float[2] bias = {0, 0}, float half = {0.5}',
    `last, y = Scan <num_scan_inputs = 1, body = step (float[2,2] h, float[2,2] p) => (float[2,2] n, float[2,2] o) {
       a = MatMul (h, w) b = Add (a, bias) c = Add (b, p) n = Tanh (c) o = Mul (n, half) }> (s, x)`,
  );
  expect(weights).toEqual(['w', 'bias']);
});
