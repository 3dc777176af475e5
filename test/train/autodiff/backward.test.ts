import { expect, test } from 'vitest';
import { makeNode } from '../../../shared/onnx/make-node.ts';
import { TakenNames } from '../../../shared/onnx/taken-names.ts';
import { parseModel } from '../../../shared/onnx/text/parse-model.ts';
import { Backward } from '../../../shared/train/autodiff/backward.ts';

const { graph } = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[1] x) => (float[1] y) { y = Relu (x) }`);

test('a node is made to give more, once, under a new name', () => {
  const back = new Backward(new Map(), new TakenNames(graph));
  const node = makeNode('MaxPool', ['x'], ['y']);
  const places = back.alsoOutput(node, 1);
  expect(back.alsoOutput(node, 1)).toBe(places);
  expect(back.forward.get(node)?.outputs).toEqual(['y', places]);
  const last = makeNode('LSTM', ['x', 'w', 'r'], ['', 'h', 'c']);
  const first = back.alsoOutput(last, 0);
  expect(back.forward.get(last)?.outputs).toEqual([first, 'h', 'c']);
  const whole = makeNode('MaxPool', ['x'], ['y', 'i']);
  expect(back.alsoOutput(whole, 1)).toBe('i');
  expect(back.forward.has(whole)).toBe(false);
});
