import { expect, it } from 'vitest';
import { parseModel } from '../../../shared/onnx/text.ts';
import { graphContextOf } from '../../passes/shared/_context.ts';

const dimsOf = (text: string) =>
  graphContextOf(parseModel(`<ir_version: 8, opset_import: ["": 17, "local": 1]> ${text}`)).context
    .dims;

it('follows a size to where it comes from', () => {
  const dims = dimsOf(`g (float[N,3] x) => (y) <float[M,3] a, float[K,3] b> {
    a = Relu (x) b = Softmax (a) y = Neg (b) }`);
  expect(dims.dim('b', 0)).toEqual({ value: 'x', axis: 0 });
  expect(dims.dim('b', 1)).toBe(3);
  expect(dims.shape('b')).toEqual([{ value: 'x', axis: 0 }, 3]);
  expect(dims.shape('y')).toBeUndefined();
});

it('believes numbers in the file, and no names', () => {
  const dims = dimsOf(`g (float[N] x, float[N] z) => (y) <float[N] t, float[4] a> {
    t = local.Odd (x) a = Neg (x) y = Neg (t) }`);
  expect(dims.dim('x', 0)).not.toEqual(dims.dim('z', 0));
  expect(dims.dim('t', 0)).toEqual({ value: 't', axis: 0 });
  expect(dims.dim('a', 0)).toBe(4);
});

it('knows what an integer constant holds, of rank 0 and 1', () => {
  const dims = dimsOf(`g (int64[2] i) => (y)
    <int64 s = {4}, int64[2] v = {4,-1}, int64[1,1] m = {4}, float[1] f = {4}> { y = Neg (i) }`);
  expect(dims.sizes('s')).toEqual({ rank: 0, elements: [4] });
  expect(dims.sizes('v')).toEqual({ rank: 1, elements: [4, -1] });
  for (const name of ['m', 'f', 'i', '']) expect(dims.sizes(name)).toBeUndefined();
});

it('gives up beyond its depth, without an overflow of the stack', () => {
  const count = 5000;
  const chain = Array.from({ length: count }, (_, i) => `v${i + 1} = Relu (v${i})`).join(' ');
  const types = Array.from({ length: count }, (_, i) => `float[A${i}] v${i + 1}`).join(', ');
  const dims = dimsOf(`g (float[N] v0) => (v${count}) <${types}> { ${chain} }`);
  expect(dims.dim(`v${count}`, 0)).toEqual({ value: `v${count - 400}`, axis: 0 });
  // From the front on, every answer builds on the one before.
  for (let i = 1; i <= 600; i++) expect(dims.dim(`v${i}`, 0)).toEqual({ value: 'v0', axis: 0 });
});
