import { expect, test } from 'vitest';
import { makeNode } from '../../../shared/onnx/make-node.ts';
import { fromFront, inputOf, NoGradient } from '../../../shared/train/autodiff/rule.ts';

test('an input that is not there has no gradient', () => {
  const node = makeNode('Clip', ['x', '', 'high'], ['y']);
  expect(inputOf({ node }, 0)).toBe('x');
  expect(() => inputOf({ node }, 1)).toThrow(NoGradient);
  expect(() => inputOf({ node }, 5)).toThrow('Clip without its input 5');
});

test('axes are counted from the front', () => {
  expect([fromFront(-1, 3), fromFront(1, 3)]).toEqual([2, 1]);
});
