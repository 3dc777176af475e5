import { expect, it } from 'vitest';
import {
  applyInt8Weights,
  planInt8Weights,
} from '../../../../shared/compress/quantize/int8-weights/int8-weights.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import { feed, firstOutput, float32, modelOf, relativeError, weight } from '../_numeric.ts';

it('plans and does what the variant is', async () => {
  const model = modelOf(
    [makeNode('MatMul', ['x', 'w'], ['y'])],
    [float32('x', [2, 64])],
    [float32('y', [2, 64])],
    [weight('w', [64, 64])],
  );
  const plan = planInt8Weights(model, undefined, { hardware: 'x64' });
  expect(plan).toMatchObject({
    variant: 'int8-weights',
    nodes: [{ form: 'dequantize' }],
    kept: [],
  });
  const feeds = { x: feed([2, 64]) };
  const result = await firstOutput(applyInt8Weights(model, plan), feeds);
  expect(relativeError(result, await firstOutput(model, feeds))).toBeLessThan(0.02);
});
