import { expect, it } from 'vitest';
import { makeNode } from '../../../shared/onnx/make-node.ts';
import { withoutAttributes } from '../../../shared/passes/raise-opset/adapter.ts';

it('takes attributes off a node', () => {
  const node = makeNode('Slice', ['x'], ['y'], { axes: [0], starts: [1], ends: [2] });
  expect([...withoutAttributes(node, 'axes', 'ends', 'missing').attributes.keys()]).toEqual([
    'starts',
  ]);
});
