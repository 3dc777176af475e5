import { expect, it } from 'vitest';
import { applyInt4, planInt4 } from '../../../../shared/compress/quantize/int4/int4.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import { feed, firstOutput, float32, modelOf, relativeError, weight } from '../_numeric.ts';

it('plans and does what the variant is', async () => {
  const model = modelOf(
    [makeNode('MatMul', ['x', 'w'], ['y'])],
    [float32('x', [2, 64])],
    [float32('y', [2, 64])],
    [weight('w', [64, 64])],
  );
  const plan = planInt4(model, undefined, { hardware: 'x64' });
  expect(plan).toMatchObject({ variant: 'int4', nodes: [{ form: 'matmul-nbits' }], kept: [] });
  const feeds = { x: feed([2, 64]) };
  const result = await firstOutput(applyInt4(model, plan), feeds);
  expect(relativeError(result, await firstOutput(model, feeds))).toBeLessThan(0.13);
});
