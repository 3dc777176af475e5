import { expect, it } from 'vitest';
import { makeNode } from '../../../shared/onnx/make-node.ts';
import {
  addedPads,
  seesInput,
  windowPads,
  withPads,
} from '../../../shared/passes/shared/window.ts';

const conv = (attributes: Parameters<typeof makeNode>[3]) =>
  makeNode('Conv', ['x', 'w'], ['y'], attributes);
const pad = makeNode('Pad', ['x'], ['p']);

it('knows pads that do not depend on the size of the input', () => {
  expect(windowPads(conv({ pads: [1, 2] }), 1)).toEqual([1, 2]);
  expect(windowPads(conv({}), 2)).toEqual([0, 0, 0, 0]);
  expect(windowPads(conv({ auto_pad: 'VALID', pads: [1, 1] }), 1)).toEqual([0, 0]);
  expect(windowPads(conv({ auto_pad: 'SAME_LOWER' }), 1)).toMatchObject({
    reason: 'it pads by auto_pad SAME_LOWER',
  });
});

it('adds spatial amounts alone', () => {
  const padding = { begins: [0, 0, 1, 2], ends: [0, 0, 3, 4], value: 0 };
  expect(addedPads(conv({ pads: [1, 1, 1, 1] }), pad, padding)).toEqual([2, 3, 4, 5]);
  expect(addedPads(conv({ pads: [1, 1] }), pad, padding)).toMatchObject({
    reason: 'it pads another number of axes',
  });
});

it('drops auto_pad where it writes pads', () => {
  const attributes = withPads(conv({ auto_pad: 'VALID', group: 2 }), [1, 1]);
  expect([...attributes.keys()]).toEqual(['group', 'pads']);
});

it('sees the input in each window when padding is narrower than the window', () => {
  expect(seesInput(conv({ kernel_shape: [2, 3] }), [1, 2, 1, 2])).toBe(true);
  expect(seesInput(conv({ kernel_shape: [2, 3] }), [0, 0, 2, 0])).toBe(false);
  expect(seesInput(conv({ kernel_shape: [3], dilations: [2] }), [1, 1])).toBe(false);
  expect(seesInput(conv({ kernel_shape: [3], ceil_mode: 1 }), [1, 1])).toBe(false);
  expect(seesInput(conv({}), [1, 1])).toBe(false);
});
