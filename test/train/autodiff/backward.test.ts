import { expect, test } from 'vitest';
import { TakenNames } from '../../../shared/onnx/taken-names.ts';
import { parseModel } from '../../../shared/onnx/text/parse-model.ts';
import { Backward, countOf, sameShape } from '../../../shared/train/autodiff/backward.ts';

const { graph } = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[2,3] x) => (float[2,3] y) { y = Relu (x) }`);
const backward = (): Backward => new Backward(new Map([['x', [2, 3]]]), new TakenNames(graph));

test('names are new, constants of one content are one', () => {
  const back = backward();
  expect(back.scalar(2)).toBe(back.scalar(2));
  expect(back.scalar(2)).not.toBe(back.scalar(3));
  expect(back.ints([1, 2])).toBe(back.ints([1, 2]));
  const large = new Float32Array(100);
  expect(back.floats([100], large)).not.toBe(back.floats([100], large));
  const names = [back.emit('Relu', ['x'], [2, 3]), back.emit('Relu', ['x'], [2, 3])];
  expect(new Set([...names, ...back.initializers.keys()]).size).toBe(2 + back.initializers.size);
  expect(back.shapeOf(names[0] ?? '')).toEqual([2, 3]);
  expect(() => back.shapeOf('nobody')).toThrow('not known');
});

test('what changes nothing makes no node', () => {
  const back = backward();
  for (const same of [
    back.reshape('x', [2, 3]),
    back.expand('x', [2, 3]),
    back.transpose('x', [0, 1]),
    back.sum('x', []),
    back.unbroadcast('x', [2, 3]),
  ])
    expect(same).toBe('x');
  expect(back.nodes).toEqual([]);
});

test('broadcasting is undone by sums', () => {
  const back = backward();
  expect(back.shapeOf(back.unbroadcast('x', [3]))).toEqual([3]);
  expect(back.shapeOf(back.unbroadcast('x', [2, 1]))).toEqual([2, 1]);
  expect(back.shapeOf(back.unbroadcast('x', []))).toEqual([]);
  expect(back.nodes.map(({ opType }) => opType)).toEqual([
    'ReduceSum',
    'Reshape',
    'ReduceSum',
    'ReduceSum',
    'Reshape',
  ]);
});

test('sizes', () => {
  expect(countOf([])).toBe(1);
  expect(countOf([2, 3])).toBe(6);
  expect(sameShape([2], [2, 1])).toBe(false);
});
