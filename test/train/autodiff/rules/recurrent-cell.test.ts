import { expect, test } from 'vitest';
import { TakenNames } from '../../../../shared/onnx/taken-names.ts';
import { parseModel } from '../../../../shared/onnx/text/parse-model.ts';
import { Backward } from '../../../../shared/train/autodiff/backward.ts';
import { shifted } from '../../../../shared/train/autodiff/rules/recurrent-cell.ts';

const { graph } = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[1] x) => (float[1] y) { y = Relu (x) }`);

const backOf = (shapes: Record<string, readonly number[]>): Backward =>
  new Backward(new Map(Object.entries(shapes)), new TakenNames(graph));

test('the state before each step begins with the first one', () => {
  const back = backOf({ first: [2, 3], many: [5, 2, 3], one: [1, 2, 3] });
  expect(back.shapeOf(shifted(back, 'first', 'many'))).toEqual([5, 2, 3]);
  const count = back.nodes.length;
  expect(back.shapeOf(shifted(back, 'first', 'one'))).toEqual([1, 2, 3]);
  expect(back.nodes.slice(count).map(({ opType }) => opType)).toEqual(['Reshape']);
});
