import { expect, test } from 'vitest';
import type { NamedTensors, Tensor } from '../../../../../shared/base/tensor.ts';
import { keyOf } from '../../../../../shared/compress/quantize/int8/scopes.ts';
import {
  collectMoments,
  type InputMoments,
} from '../../../../../shared/compress/quantize/int8/statistics/collect-moments.ts';
import {
  findWeightedNodes,
  type WeightedNode,
} from '../../../../../shared/compress/quantize/int8/weighted-nodes.ts';
import { makeNode } from '../../../../../shared/onnx/make-node.ts';
import type { Model } from '../../../../../shared/onnx/model.ts';
import { outputsOf } from '../../../../passes/_agree.ts';
import { float32, modelOf, weight } from '../../_numeric.ts';
import { modelOf as parsed } from '../_plan.ts';
import { tensorOf } from '../_samples.ts';
import { columnsOf, integers, productsOf, withOutputs } from './_columns.ts';

interface Found {
  readonly node: WeightedNode;
  readonly moments: InputMoments;
}

async function momentsOf(model: Model, samples: readonly NamedTensors[]): Promise<Found[]> {
  const found: Found[] = [];
  const { weighted } = findWeightedNodes(model);
  for await (const one of collectMoments(model, weighted, () => samples)) found.push(one);
  return found;
}

/** Means of products and of inputs of one node, from its inputs in all samples. */
function naive({ node, moments }: Found, inputs: readonly Tensor[]): InputMoments {
  const { blocks, size } = moments;
  const each = inputs.map((input) => columnsOf(node, input));
  const products: Float64Array[] = [];
  const means: Float64Array[] = [];
  let positions = 0;
  for (let group = 0; group < node.groups; group++) {
    const vectors = each.flatMap((groups) => groups[group] ?? []);
    positions = vectors.length;
    for (let start = 0; start < blocks * size; start += size) {
      const sums = productsOf(vectors, start, size);
      products.push(Float64Array.from(sums, (sum) => sum / positions));
      means.push(
        Float64Array.from(
          { length: size },
          (_, column) =>
            vectors.reduce((sum, one) => sum + (one[start + column] ?? 0), 0) / positions,
        ),
      );
    }
  }
  return { blocks, size, positions, products, means };
}

/** −0 is 0. */
const unsigned = ({ products, means, ...rest }: InputMoments): InputMoments => ({
  ...rest,
  products: products.map((one) => one.map((value) => value + 0)),
  means: means.map((one) => one.map((value) => value + 0)),
});

/** A strided Conv, a depthwise one, a Gemm and a MatMul; between them ops that keep integers small. */
const NETWORK = parsed(`g (float[n,2,h,5] x) => (float[m,2] y)
  <float[3,2,2,2] k = {1,0,-1,1,0,1,1,0,-1,0,0,1,1,1,0,-1,0,0,1,-1,1,0,0,1},
   float[3,1,1,2] d = {1,-1,0,1,1,1}, float[2,3] v = {1,0,-1,0,1,1}, float[2,2] w = {1,-1,0,1}, int64[2] rows = {-1,3}> {
    c = Conv <strides = [2, 1], pads = [1, 0, 0, 0]> (x, k)
    e = Conv <group = 3> (c, d)
    t = Transpose <perm = [0, 2, 3, 1]> (e)
    f = Reshape (t, rows)
    q = Gemm <transB = 1> (f, v)
    y = MatMul (q, w)
  }`);
const SAMPLES = [4, 7, 5].map((height, seed) => ({
  x: integers([1 + (seed % 2), 2, height, 5], 60 + seed),
}));

test('means over all positions of samples of many shapes, node by node', async () => {
  const found = await momentsOf(NETWORK, SAMPLES);
  expect(found.map(({ node }) => node.ref.name)).toEqual(['c', 'e', 'q', 'y']);
  const inner = await outputsOf(withOutputs(NETWORK, ['c', 'f', 'q']), SAMPLES);
  for (const one of found) {
    const inputs = SAMPLES.map(({ x }, index) => {
      const [batch, , height] = x.dims;
      // A Conv with stride 2 and one row of padding halves the height, and its kernel takes a column.
      const dims = [batch ?? 0, 3, Math.floor(((height ?? 0) - 1) / 2) + 1, 4];
      const values = inner[index]?.[one.node.input] ?? [];
      return one.node.input === 'x' ? x : tensorOf(one.node.input === 'c' ? dims : [1], values);
    });
    // Integers: sums are exact, and the means are the same quotients.
    expect(unsigned(one.moments)).toEqual(unsigned(naive(one, inputs)));
  }
});

test('wide inputs come in blocks, a matrix each', async () => {
  const model = modelOf(
    [makeNode('MatMul', ['x', 'w'], ['y'])],
    [float32('x', ['n', 1538])],
    [float32('y', ['n', 1])],
    [weight('w', [1538, 1])],
  );
  const inputs = [integers([2, 1538], 1), integers([1, 1538], 2)];
  const [one] = await momentsOf(
    model,
    inputs.map((x) => ({ x })),
  );
  expect(one?.moments).toMatchObject({ blocks: 769, size: 2, positions: 3 });
  expect(one && unsigned(one.moments)).toEqual(one && unsigned(naive(one, inputs)));
});

test('nodes share a pass over the samples while their numbers fit; passes are made when asked', async () => {
  // 10 matrices of 769², and two of 401² that fit beside each other, not beside those.
  const model = modelOf(
    [
      makeNode('MatMul', ['a', 'w'], ['b']),
      makeNode('MatMul', ['c', 'v'], ['d']),
      makeNode('MatMul', ['c', 'u'], ['e']),
    ],
    [float32('a', ['n', 7680]), float32('c', ['n', 400])],
    ['b', 'd', 'e'].map((name) => float32(name, ['n', 1])),
    [weight('w', [7680, 1]), weight('v', [400, 1]), weight('u', [400, 1])],
  );
  const [a, c] = [integers([1, 7680], 1), integers([2, 400], 2)];
  const nodes = findWeightedNodes(model).weighted;
  let passes = 0;
  const seen: [string, number, number][] = [];
  const samples = () => {
    passes++;
    return [{ a, c }];
  };
  for await (const { node, moments } of collectMoments(model, nodes, samples))
    seen.push([node.ref.name, moments.positions, passes]);
  expect(seen).toEqual([
    ['b', 1, 1],
    ['d', 2, 2],
    ['e', 2, 2],
  ]);
});

test('nodes in branches and loops have the moments of what came by; others are left out', async () => {
  const model =
    parsed(`g (bool flag, int64 trips, float[2,2] x) => (float[2,2] y, float[2,2] z) <float[2,2] w = {1,-1,0,2}> {
    y = If (flag) <
      then_branch = t () => (float[2,2] one) { one = MatMul (x, w) },
      else_branch = e () => (float[2,2] two) { n = Neg (x) two = MatMul (n, w) }
    >
    z = Loop (trips, , x) <
      body = b (int64 i, bool go, float[2,2] h) => (bool more, float[2,2] p) {
        more = Identity (go)
        p = MatMul (h, w)
      }
    >
  }`);
  const x = tensorOf([2, 2], [1, 2, -3, 4]);
  const sample = (trips: number): NamedTensors => ({
    flag: { type: 'bool', dims: [], data: Uint8Array.of(1) },
    trips: { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(trips)) },
    x,
  });
  const idle = await momentsOf(model, [sample(0)]);
  expect(idle.map(({ node }) => keyOf(node.ref))).toEqual(['y.then_branch/one']);
  const [one, looped, ...more] = await momentsOf(model, [sample(2), sample(0)]);
  expect(more).toEqual([]);
  if (!one || !looped) throw new Error('too few');
  expect(unsigned(one.moments)).toEqual(unsigned(naive(one, [x, x])));
  expect(keyOf(looped.node.ref)).toBe('z.body/p');
  // The second iteration reads x·w.
  const next = tensorOf([2, 2], [1, 3, -3, 11]);
  expect(unsigned(looped.moments)).toEqual(unsigned(naive(looped, [x, next])));
});

test('a kernel too large is left out, as is the body of a Scan, and everything without samples', async () => {
  const large = modelOf(
    [makeNode('Conv', ['x', 'w'], ['y']), makeNode('Conv', ['x', 'v'], ['z'])],
    [float32('x', [1, 1, 28, 28])],
    [float32('y', [1, 1, 1, 1]), float32('z', [1, 1, 27, 27])],
    [weight('w', [1, 1, 28, 28]), weight('v', [1, 1, 2, 2])],
  );
  const found = await momentsOf(large, [{ x: integers([1, 1, 28, 28], 5) }]);
  expect(found.map(({ node }) => node.ref.name)).toEqual(['z']);
  expect(await momentsOf(large, [])).toEqual([]);
  const scan = parsed(`g (float[3,2] x) => (float[3,2] y) <float[2,2] w = {1,2,3,4}> {
    y = Scan <num_scan_inputs = 1, body = b (float[2] row) => (float[2] o) { o = MatMul (row, w) }> (x)
  }`);
  expect(findWeightedNodes(scan).weighted.length).toBe(1);
  expect(await momentsOf(scan, [{ x: integers([3, 2], 1) }])).toEqual([]);
});
