import { expect, it } from 'vitest';
import { parseModel } from '../../../shared/onnx/text.ts';
import { planFolding } from '../../../shared/passes/fold-constants/plan.ts';
import { graphContextOf } from '../shared/_context.ts';

const contextOf = (nodes: string) =>
  graphContextOf(
    parseModel(`
      <ir_version: 8, opset_import: ["": 17]>
      g (float[100,10] x) => (y)
      <
        float[10] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, int64[2] shape = {100, 10}, int64[2] two = {2, 5},
        float[100,10] wide, float[10] v, float[2,5] r, float[5,2] t
      >
      {${nodes}}
    `),
  );

it('computes what others still read, and nothing between', () => {
  const { context } = contextOf('v = Neg (w) z = Exp (v) y = Mul (x, v)');
  const { nodes, values } = planFolding(context, { limit: 1000, used: 0 });
  expect([...nodes].map((node) => node.opType)).toEqual(['Neg']);
  expect(values).toEqual(['v']);
});

it('needs no computing for another shape', () => {
  const { context } = contextOf('r = Reshape (w, two) y = Mul (x, r)');
  const { values, reshaped } = planFolding(context, { limit: 1000, used: 0 });
  expect(values).toEqual([]);
  expect(reshaped.get('r')).toMatchObject({ name: 'r', dims: [2, 5] });
});

it('keeps count of the bytes that it adds', () => {
  const growth = { limit: 10_000, used: 0 };
  planFolding(contextOf('wide = Expand (w, shape) y = Mul (x, wide)').context, growth);
  // A thousand floats, less w and the shape, which nothing else reads.
  expect(growth.used).toBe(4000 - 40 - 16);
});

it('leaves the largest value where there is no room for it', () => {
  const { context, refusals } = contextOf('v = Neg (w) wide = Expand (v, shape) y = Mul (x, wide)');
  const growth = { limit: 3900, used: 0 };
  const { values } = planFolding(context, growth);
  expect(values).toEqual(['v']);
  expect(growth.used).toBeLessThanOrEqual(0);
  expect(refusals.map(({ nodes }) => nodes.join())).toEqual(["Expand 'wide'"]);
});
