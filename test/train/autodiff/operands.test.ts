import { expect, test } from 'vitest';
import { parseModel } from '../../../shared/onnx/text/parse-model.ts';
import { neededFor, operandsOf } from '../../../shared/train/autodiff/operands.ts';

const { graph } = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[3] x, bool c) => (float[3] y) {
  a = Exp (x) b = Log (x) d = Neg (b)
  y = If (c) <then_branch = t () => (float[3] t1) { t1 = Exp (a) }, else_branch = e () => (float[3] e1) { e1 = Mul (a, x) }> }`);

test('what bodies read stands behind the inputs', () => {
  const node = graph.nodes.at(-1);
  expect(node && operandsOf(node)).toEqual(['c', 'a', 'a', 'x']);
});

test('nodes that nothing needs go', () => {
  expect(neededFor(['y'], graph.nodes).map(({ opType }) => opType)).toEqual(['Exp', 'If']);
  expect(neededFor(['d'], graph.nodes).map(({ opType }) => opType)).toEqual(['Log', 'Neg']);
});
