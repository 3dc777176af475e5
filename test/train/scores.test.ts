import { expect, test } from 'vitest';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { scoresOf } from '../../shared/train/scores.ts';

const graphOf = (body: string) =>
  parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[n,4] x) => (float[n,4] y) <int64[2] s = {-1, 4}> { ${body} }`).graph;

test.each([
  ['y = Softmax (x)', { value: 'x', activation: 'softmax', axis: -1 }],
  ['y = Softmax <axis = 1> (x)', { value: 'x', activation: 'softmax', axis: 1 }],
  ['y = LogSoftmax (x)', { value: 'x', activation: 'softmax', axis: -1 }],
  ['a = Neg (x) y = Sigmoid (a)', { value: 'a', activation: 'sigmoid' }],
  [
    'a = Softmax (x) b = Reshape (a, s) y = Identity (b)',
    { value: 'x', activation: 'softmax', axis: -1 },
  ],
  ['a = Softmax (x) y = Neg (a)', { value: 'y', activation: 'none' }],
  ['y = Reshape (x, s)', { value: 'y', activation: 'none' }],
])('%s', (body, wanted) => {
  expect(scoresOf(graphOf(body), 'y')).toEqual(wanted);
});
