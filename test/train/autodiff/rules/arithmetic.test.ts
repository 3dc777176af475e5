import { afterAll, expect, test } from 'vitest';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import { TakenNames } from '../../../../shared/onnx/taken-names.ts';
import { parseModel } from '../../../../shared/onnx/text/parse-model.ts';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { Backward } from '../../../../shared/train/autodiff/backward.ts';
import { binary } from '../../../../shared/train/autodiff/rules/arithmetic.ts';

afterAll(closeSharedProcess);

const { graph } = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[2,3] a, float[3] b, float[2,3] g) => (float[2,3] y) { y = Add (a, b) }`);

test('what was broadcast is summed, and only what is wanted is made', () => {
  const shapes = new Map(Object.entries({ a: [2, 3], b: [3], g: [2, 3], y: [2, 3] }));
  const back = new Backward(shapes, new TakenNames(graph));
  const rule = binary((_, gradient) => [
    () => {
      throw new Error('was not wanted');
    },
    () => gradient,
  ]);
  const [ofA, ofB] = rule({
    node: makeNode('Add', ['a', 'b'], ['y']),
    opset: 17,
    gradients: ['g'],
    back,
    needs: (input) => input === 1,
    constant: () => undefined,
    constantType: () => undefined,
    nested: () => {
      throw new Error('it has no body');
    },
  });
  expect(ofA).toBeUndefined();
  expect(back.shapeOf(ofB ?? '')).toEqual([3]);
  expect(back.nodes.map(({ opType }) => opType)).toEqual(['ReduceSum', 'Reshape']);
});
