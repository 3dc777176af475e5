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

test('what lies behind an op without a rule is trained, what lies in front of it is left out by name', async () => {
  const model =
    modelOf(`g (float[3] x) => (float y) <float[3] v = {1, 2, 3}, float[3] w = {1, 2, 3}> {
    a = Mul (x, v) b = x.Odd (a) c = Mul (b, w) y = ReduceSum <keepdims = 0> (c) }`);
  const shapes = new Map(['x', 'v', 'w', 'a', 'b', 'c'].map((name) => [name, [3]]));
  shapes.set('y', []);
  const found = differentiate(model, { loss: 'y', by: ['v', 'w'], shapes });
  expect([...found.gradients.keys()]).toEqual(['w']);
  expect(found).toMatchObject({ blocked: ['v'], inTheWay: ['Odd'] });
  // Nothing is made for what is left out.
  expect(found.initializers.size).toBe(3);
  expect(found.nodes.slice(4).map(({ opType }) => opType)).toEqual(['Reshape', 'Expand', 'Mul']);
});

test('a gradient of which a part is missing is left out', async () => {
  const model =
    modelOf(`g (float[3] x) => (float y) <float[3] v = {1, 2, 3}, float[3] w = {1, 2, 3}> {
    a = Mul (x, v) b = x.Odd (a) c = Mul (b, w) d = Add (a, c) y = ReduceSum <keepdims = 0> (d) }`);
  const shapes = new Map(['x', 'v', 'w', 'a', 'b', 'c', 'd'].map((name) => [name, [3]]));
  shapes.set('y', []);
  const { gradients, blocked } = differentiate(model, { loss: 'y', by: ['v', 'w'], shapes });
  expect([[...gradients.keys()], blocked]).toEqual([['w'], ['v']]);
});

test('sizes that are not fixed are in the way of what is in front of them', async () => {
  const model =
    modelOf(`g (float[3] x) => (float y) <float[3] v = {1, 2, 3}, float[3] w = {1, 2, 3}, int64[1] z = {0}, int64[1] o = {1}> {
    a = Mul (x, v) n = Greater (x, v) c = Cast <to = 7> (n) m = ReduceSum (c, z) e = Slice (a, z, m)
    s = ReduceSum (e, z) b = Mul (s, w) y = ReduceSum <keepdims = 0> (b) }`);
  const { gradients, blocked, inTheWay } = await byOf(model, ['v', 'w']);
  expect([[...gradients.keys()], blocked]).toEqual([['w'], ['v']]);
  expect(inTheWay).toEqual([
    'ReduceSum of sizes that are not fixed',
    'Slice of sizes that are not fixed',
  ]);
});

test('other floats are in the way, too', async () => {
  const model =
    modelOf(`g (float[3] x) => (float y) <float[3] v = {1, 2, 3}, float[3] w = {1, 2, 3}> {
    a = Mul (x, v) h = Cast <to = 10> (a) e = Exp (h) s = Cast <to = 1> (e) b = Mul (s, w) y = ReduceSum <keepdims = 0> (b) }`);
  const { gradients, blocked, inTheWay } = await byOf(model, ['v', 'w']);
  expect([[...gradients.keys()], blocked]).toEqual([['w'], ['v']]);
  expect(inTheWay).toEqual([
    'Cast in another type than float32 (2 nodes)',
    'Exp in another type than float32',
  ]);
});

test('what a body reads is in front of it', async () => {
  const model =
    modelOf(`g (float[3] x, bool c) => (float y) <float[3] v = {1, 2, 3}, float[3] w = {1, 2, 3}> {
    a = Mul (x, v)
    b = If (c) <then_branch = t () => (float[3] t1) { t1 = Exp (a) }, else_branch = e () => (float[3] e1) { e1 = Mul (a, v) }>
    d = Mul (b, w) f = Add (d, v) y = ReduceSum <keepdims = 0> (f) }`);
  const { gradients, blocked, inTheWay } = await byOf(model, ['v', 'w']);
  expect([[...gradients.keys()], blocked, inTheWay]).toEqual([['w'], ['v'], ['If']]);
});

test('outputs that a rule does not know of are in the way', async () => {
  const model = modelOf(`g (float[2,3] x, float[3] s) => (float y) {
    a, m = LayerNormalization (x, s) b = Mul (a, m) y = ReduceSum <keepdims = 0> (b) }`);
  await expect(byOf(model, ['x'])).rejects.toThrow('through LayerNormalization by its output 1');
});

test('an opset whose ops have other inputs is a defect', async () => {
  const model = modelOf('g (float[3] x) => (float y) { y = ReduceSum <keepdims = 0> (x) }', 15);
  await expect(byOf(model, ['x'])).rejects.toThrow('opset 15');
});
