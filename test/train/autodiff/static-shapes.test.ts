import { afterAll, expect, test } from 'vitest';
import { parseModel } from '../../../shared/onnx/text/parse-model.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { NOT_FIXED, staticShapes } from '../../../shared/train/autodiff/static-shapes.ts';

afterAll(closeSharedProcess);
const modelOf = (graph: string) => parseModel(`<ir_version: 8, opset_import: ["": 17]>\n${graph}`);

test('inputs, weights and what is computed, but no integers', async () => {
  const model =
    modelOf(`g (float[2,3] x) => (float[2,4] y) <float[3,4] w = {1,2,3,4,5,6,7,8,9,10,11,12}> {
    s = Shape (x) m = MatMul (x, w) y = Relu (m) }`);
  expect(await staticShapes(model)).toEqual(
    new Map([
      ['x', [2, 3]],
      ['w', [3, 4]],
      ['m', [2, 4]],
      ['y', [2, 4]],
    ]),
  );
});

test('what was quantized, as it is moved', async () => {
  const model =
    modelOf(`g (float[2,3] x, int8[2] i) => (float[3,2] y) <float s = {0.1}, int8 z = {0}> {
    j = Identity (i) q = QuantizeLinear (x, s, z) t = Transpose (q) h = Shape (t) y = DequantizeLinear (t, s, z) }`);
  const shapes = await staticShapes(model);
  expect([shapes.get('q'), shapes.get('t'), shapes.get('j'), shapes.get('h')]).toEqual([
    [2, 3],
    [3, 2],
    undefined,
    undefined,
  ]);
});

test('inner values may have sizes that depend on data', async () => {
  const model = modelOf(`g (float[4] x, int64[1] e) => (float[1] y) <int64[1] z = {0}> {
    a = Slice (x, z, e) y = ReduceSum (a, z) }`);
  expect((await staticShapes(model)).get('a')).toBe(NOT_FIXED);
});

test('a free size is refused by name', async () => {
  const model = modelOf('g (float[N,3] x) => (float[N,3] y) { y = Relu (x) }');
  await expect(staticShapes(model)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('the shape of x is not fixed'),
  });
});
