import { afterAll, describe, expect, it } from 'vitest';
import type { Tensor } from '../../../shared/base/tensor.ts';
import { findPrunable } from '../../../shared/compress/prune/find-prunable.ts';
import { collectInputNorms } from '../../../shared/compress/prune/input-norms.ts';
import { makeNode } from '../../../shared/onnx/make-node.ts';
import type { Model } from '../../../shared/onnx/model.ts';
import { RuntimeProcess } from '../../../shared/runtime/runtime-process.ts';
import { float32, modelOf, weight } from '../quantize/_numeric.ts';
import { normalSource, tensorOf } from '../quantize/int8/_samples.ts';

const process = new RuntimeProcess();
afterAll(() => process.close());

async function normsOf(model: Model, samples: readonly Tensor[]) {
  async function* feeds() {
    for (const x of samples) yield { x };
  }
  return collectInputNorms(model, findPrunable(model).prunable, feeds(), { process });
}

/** Root mean square of every channel, element by element. */
function naive(samples: readonly Tensor[], axis: number): number[] {
  const sums: number[] = [];
  const counts: number[] = [];
  for (const { dims, data } of samples) {
    const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
    for (const [index, value] of [...(data as Float32Array)].entries()) {
      const channel = Math.floor(index / inner) % (dims[axis] ?? 1);
      sums[channel] = (sums[channel] ?? 0) + value * value;
      counts[channel] = (counts[channel] ?? 0) + 1;
    }
  }
  return sums.map((sum, channel) => Math.sqrt(sum / (counts[channel] ?? 0)));
}

describe('collectInputNorms', () => {
  it.each([
    ['a Conv', makeNode('Conv', ['x', 'w'], ['y']), [32, 3, 3, 3], [1, 3, 5, 4], 1],
    ['a grouped Conv', makeNode('Conv', ['x', 'w'], ['y'], { group: 2 }), [32, 3, 3], [2, 6, 7], 1],
    ['a MatMul of rank 3', makeNode('MatMul', ['x', 'w'], ['y']), [6, 50], [2, 3, 6], 2],
    ['a Gemm', makeNode('Gemm', ['x', 'w'], ['y'], { transB: 1 }), [50, 6], [3, 6], 1],
    [
      'a ConvTranspose',
      makeNode('ConvTranspose', ['x', 'w'], ['y']),
      [4, 16, 2, 2],
      [1, 4, 3, 3],
      1,
    ],
  ])('of %s', async (_, node, dims, shape, axis) => {
    const free = shape.map((_dim, at) => `d${at}`);
    const model = modelOf(
      [node],
      [float32('x', free)],
      [{ name: 'y', type: null }],
      [weight('w', dims)],
    );
    const source = normalSource(3, 'x', shape);
    const samples = await Promise.all([0, 1, 2].map(async (at) => (await source.sample(at)).x));
    const given = samples.filter((sample) => sample !== undefined);
    const [norms] = await normsOf(model, given);
    const wanted = naive(given, axis);
    expect(norms).toHaveLength(wanted.length);
    for (const [channel, value] of wanted.entries())
      expect((norms?.[channel] ?? 0) / value).toBeCloseTo(1, 5);
  });

  it('adds up over the nodes that share a weight, and has none where that cannot be', async () => {
    const nodes = [
      makeNode('MatMul', ['x', 'shared'], ['a']),
      makeNode('Neg', ['a'], ['b']),
      makeNode('MatMul', ['b', 'shared'], ['c']),
      makeNode('MatMul', ['left', 'c'], ['y']),
    ];
    const identity = Array.from({ length: 256 }, (_, at) => (at % 17 === 0 ? 2 : 0));
    const shared = { ...weight('shared', [16, 16]) };
    const model = modelOf(
      nodes,
      [float32('x', [16, 16])],
      [float32('y', [16, 16])],
      [
        {
          ...shared,
          storage: { kind: 'memory', bytes: new Uint8Array(Float32Array.from(identity).buffer) },
        },
        weight('left', [16, 16]),
      ],
    );
    // One input is all ones, the other is all −2: the root mean square of both is √2.5.
    const norms = await normsOf(model, [tensorOf([16, 16], new Array(256).fill(1))]);
    expect(norms).toEqual([new Array(16).fill(1.58114), undefined]);
  });

  it('has none without samples, and where values are not finite', async () => {
    const model = modelOf(
      [makeNode('MatMul', ['x', 'w'], ['y'])],
      [float32('x', ['n', 16])],
      [float32('y', ['n', 16])],
      [weight('w', [16, 16])],
    );
    expect(await normsOf(model, [])).toEqual([undefined]);
    const broken = tensorOf([1, 16], [Number.NaN, ...new Array(15).fill(1)]);
    expect(await normsOf(model, [broken])).toEqual([undefined]);
  });
});
