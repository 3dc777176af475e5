import { expect, test } from 'vitest';
import { TakenNames } from '../../shared/onnx/taken-names.ts';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { countOf, Emitter, sameShape } from '../../shared/train/emitter.ts';

const { graph } = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[2,3] x) => (float[2,3] y) { y = Relu (x) }`);
const emitter = (): Emitter => new Emitter(new Map([['x', [2, 3]]]), new TakenNames(graph), 'new');

test('names are new, constants of one content are one', () => {
  const made = emitter();
  expect(made.scalar(2)).toBe(made.scalar(2));
  expect(made.scalar(2)).not.toBe(made.scalar(3));
  expect(made.ints([1, 2])).toBe(made.ints([1, 2]));
  const large = new Float32Array(100);
  expect(made.floats([100], large)).not.toBe(made.floats([100], large));
  const names = [made.emit('Relu', ['x'], [2, 3]), made.emit('Relu', ['x'], [2, 3])];
  expect(new Set([...names, ...made.initializers.keys()]).size).toBe(2 + made.initializers.size);
  expect(made.shapeOf(names[0] ?? '')).toEqual([2, 3]);
  expect(() => made.shapeOf('nobody')).toThrow('not known');
});

test('what changes nothing makes no node', () => {
  const made = emitter();
  for (const same of [
    made.reshape('x', [2, 3]),
    made.expand('x', [2, 3]),
    made.transpose('x', [0, 1]),
    made.sum('x', []),
    made.unbroadcast('x', [2, 3]),
  ])
    expect(same).toBe('x');
  expect(made.nodes).toEqual([]);
});

test('broadcasting is undone by sums', () => {
  const made = emitter();
  expect(made.shapeOf(made.unbroadcast('x', [3]))).toEqual([3]);
  expect(made.shapeOf(made.unbroadcast('x', [2, 1]))).toEqual([2, 1]);
  expect(made.shapeOf(made.unbroadcast('x', []))).toEqual([]);
  expect(made.nodes.map(({ opType }) => opType)).toEqual([
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
