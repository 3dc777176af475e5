import { expect, it } from 'vitest';
import { printNode } from '../../../shared/onnx/text.ts';
import { isHardSwishRamp, makeHardSigmoid } from '../../../shared/passes/shared/hard-sigmoid.ts';

it('knows the ramp of HardSwish as float32 holds it', () => {
  expect(isHardSwishRamp({ alpha: Math.fround(1 / 6), beta: 0.5 })).toBe(true);
  expect(isHardSwishRamp({ alpha: 0.2, beta: 0.5 })).toBe(false);
});

it('makes a node', () => {
  const node = makeHardSigmoid('x', 'y', { alpha: 0.2, beta: 0.5 }, '');
  expect(printNode(node)).toContain('y = HardSigmoid <alpha = 0.2, beta = 0.5> (x)');
});
