import { expect, it } from 'vitest';
import { makeNode } from '../../shared/onnx/make-node.ts';
import { labelOf, refuse } from '../../shared/rewrite/refusal.ts';

it('names nodes by their name, or by what they compute', () => {
  expect(labelOf(makeNode('Add', [], ['y'], {}, 'sum'))).toBe("Add 'sum'");
  expect(labelOf(makeNode('Add', [], ['y']))).toBe("Add 'y'");
  expect(refuse('it is used elsewhere', makeNode('Add', [], ['y']))).toMatchObject({
    reason: 'it is used elsewhere',
    nodes: ["Add 'y'"],
  });
});
