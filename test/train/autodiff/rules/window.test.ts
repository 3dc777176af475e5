import { expect, test } from 'vitest';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import {
  leftOver,
  reach,
  windowAttributes,
  windowOf,
} from '../../../../shared/train/autodiff/rules/window.ts';

const windowWith = (attributes: Record<string, string | number[]>, input: number, output: number) =>
  windowOf(makeNode('Conv', ['x', 'w'], ['y'], attributes), [3], [input], [output]);

test('defaults, and pads by both sides', () => {
  expect(windowWith({}, 5, 3)).toEqual({
    kernel: [3],
    strides: [1],
    dilations: [1],
    before: [0],
    after: [0],
  });
  expect(windowWith({ pads: [2, 1] }, 5, 6)).toMatchObject({ before: [2], after: [1] });
});

test('auto_pad comes out of the sizes; the odd one goes to the end, or to the start', () => {
  expect(windowWith({ auto_pad: 'SAME_UPPER', strides: [2] }, 6, 3)).toMatchObject({
    before: [0],
    after: [1],
  });
  expect(windowWith({ auto_pad: 'SAME_LOWER', strides: [2] }, 6, 3)).toMatchObject({
    before: [1],
    after: [0],
  });
  expect(windowWith({ auto_pad: 'VALID' }, 5, 3)).toMatchObject({ before: [0], after: [0] });
  expect(() => windowWith({ auto_pad: 'SOMEHOW' }, 5, 3)).toThrow('Conv with auto_pad SOMEHOW');
});

test('what the last window does not reach', () => {
  const window = windowWith({ strides: [3] }, 10, 3);
  expect(reach(3, 2)).toBe(5);
  expect(leftOver(window, [10], [3])).toEqual([1]);
  expect(windowAttributes(window)).toEqual({
    kernel_shape: [3],
    strides: [3],
    dilations: [1],
    pads: [0, 0],
  });
});
