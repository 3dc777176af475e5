import { afterAll, expect, test } from 'vitest';
import type { Model } from '../../../shared/onnx/model.ts';
import { parseModel } from '../../../shared/onnx/text/parse-model.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { differentiate } from '../../../shared/train/autodiff/differentiate.ts';
import { staticShapes } from '../../../shared/train/autodiff/static-shapes.ts';
import { gradientError } from './_check-gradient.ts';

afterAll(closeSharedProcess);

const modelOf = (graph: string, opset = 17): Model =>
  parseModel(`<ir_version: 8, opset_import: ["": ${opset}, "x": 1]>\n${graph}`);
const byOf = async (model: Model, by: readonly string[], loss = 'y') =>
  differentiate(model, { loss, by, shapes: await staticShapes(model) });

test('what several nodes read gets the sum of what flows back', async () => {
  const graph = `g (float[3] x) => (float[3] y) { a = Exp (x) b = Mul (a, x) c = Add (a, b) d = Mul (c, a) y = Add (d, x) }`;
  expect(await gradientError({ graph })).toBeLessThan(1e-3);
});

test('what the loss does not depend on has no gradient, and no nodes are made for it', async () => {
  const model = modelOf(`g (float[3] x, float[3] z) => (float y) <float[3] w = {1, 2, 3}> {
    u = Mul (z, w) v = Mul (x, w) y = ReduceSum <keepdims = 0> (v) }`);
  const { gradients, nodes } = await byOf(model, ['x', 'z']);
  expect([...gradients.keys()]).toEqual(['x']);
  expect(nodes.slice(3).map(({ opType }) => opType)).toEqual(['Reshape', 'Expand', 'Mul']);
});

test('of a constant operand no gradient is made', async () => {
  const model =
    modelOf(`g (float[2,3] x) => (float y) <float[3,4] w = {1,2,3,4,5,6,7,8,9,10,11,12}> {
    u = MatMul (x, w) y = ReduceSum <keepdims = 0> (u) }`);
  const ofInput = await byOf(model, ['x']);
  const ofBoth = await byOf(model, ['x', 'w']);
  expect(ofInput.nodes.map(({ opType }) => opType)).not.toContain('Gemm');
  expect(ofBoth.nodes.map(({ opType }) => opType)).toContain('Gemm');
});

test('integers stop what flows back', async () => {
  const model = modelOf(`g (float[3] x) => (float y) {
    i = Cast <to = 7> (x) f = Cast <to = 1> (i) s = Add (f, x) y = ReduceSum <keepdims = 0> (s) }`);
  expect([...(await byOf(model, ['x'])).gradients.keys()]).toEqual(['x']);
});

test('all ops without a rule are named at once, and those that are not in the way are not', async () => {
  const model = modelOf(`g (float[3] x, float[3] z) => (float y) {
    a = x.Odd (x) b = x.Odd (a) c = x.Even (b) d = x.Fine (z) e = Add (c, d) y = ReduceSum <keepdims = 0> (e) }`);
  const shapes = new Map(['x', 'z', 'a', 'b', 'c', 'd', 'e'].map((name) => [name, [3]]));
  shapes.set('y', []);
  const all = () => differentiate(model, { loss: 'y', by: ['x'], shapes });
  expect(all).toThrow('nothing can be trained through Even, Odd (2 nodes)');
});

test('an opset whose ops have other inputs is a defect', async () => {
  const model = modelOf('g (float[3] x) => (float y) { y = ReduceSum <keepdims = 0> (x) }', 15);
  await expect(byOf(model, ['x'])).rejects.toThrow('opset 15');
});
