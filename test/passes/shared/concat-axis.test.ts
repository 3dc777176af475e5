import { expect, it } from 'vitest';
import { parseModel } from '../../../shared/onnx/text.ts';
import { concatAxis } from '../../../shared/passes/shared/concat-axis.ts';
import { graphContextOf } from './_context.ts';

it('counts from the front where the rank is known', () => {
  const { context, node } = graphContextOf(
    parseModel(
      `<ir_version: 8, opset_import: ["": 13]> g (float[2,3] x, w) => (a, b, c, d) <float[2,6] a, float[2,6] b>
       { a = Concat <axis = -1> (x, x) b = Concat <axis = 1> (x, x) c = Concat <axis = -1> (w, w) d = Neg (x) }`,
    ),
  );
  expect(['a', 'b', 'c', 'd'].map((name) => concatAxis(node(name), context))).toEqual([
    1,
    1,
    undefined,
    undefined,
  ]);
});
