import { afterAll, expect, it } from 'vitest';
import type { NamedTensors, Tensor } from '../../../../../shared/base/tensor.ts';
import { collectPeaks } from '../../../../../shared/compress/quantize/int8/equalize/channel-peaks.ts';
import { findLinks } from '../../../../../shared/compress/quantize/int8/equalize/find-links.ts';
import { makeNode } from '../../../../../shared/onnx/make-node.ts';
import type { Model } from '../../../../../shared/onnx/model.ts';
import { RuntimeProcess } from '../../../../../shared/runtime/runtime-process.ts';
import { openSession } from '../../../../../shared/runtime/session.ts';
import { body, graph } from '../../../../onnx/_build.ts';
import { float32, modelOf, normals, weight } from '../../_numeric.ts';

const child = new RuntimeProcess();
afterAll(() => child.close());

const tensor = (...dims: number[]): Tensor => {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return { type: 'float32', dims, data: normals(count, count) };
};

/** Peaks from the value itself. */
async function slowPeaks(
  model: Model,
  name: string,
  channels: number,
  samples: readonly NamedTensors[],
): Promise<Float64Array> {
  const outputs = [{ name, type: null }];
  await using session = await openSession(
    { ...model, graph: { ...model.graph, outputs } },
    { process: child },
  );
  const peaks = new Float64Array(channels);
  for (const sample of samples) {
    const { dims = [], data = [] } = (await session.run(sample))[name] ?? {};
    const inner = dims.length === 4 ? (dims[2] ?? 0) * (dims[3] ?? 0) : 1;
    for (const [at, value] of data.entries()) {
      const channel = Math.floor(at / inner) % channels;
      peaks[channel] = Math.max(peaks[channel] ?? 0, Math.abs(Number(value)));
    }
  }
  return peaks;
}

it('of images: over batches, positions and samples of several sizes', async () => {
  const model = modelOf(
    [
      makeNode('Conv', ['x', 'k1'], ['a']),
      makeNode('LeakyRelu', ['a'], ['r']),
      makeNode('Conv', ['r', 'k2'], ['y']),
    ],
    [float32('x', ['n', 3, 'h', 'w'])],
    [float32('y', ['n', 4, 'i', 'j'])],
    [weight('k1', [5, 3, 2, 2]), weight('k2', [4, 5, 1, 1])],
  );
  const samples = [{ x: tensor(1, 3, 4, 4) }, { x: tensor(2, 3, 7, 5) }, { x: tensor(3, 3, 5, 6) }];
  const peaks = await collectPeaks(model, findLinks(model), samples, { process: child });
  expect([...peaks.keys()]).toEqual(['r']);
  expect(peaks.get('r')).toEqual(await slowPeaks(model, 'r', 5, samples));
});

it('of matrices: over rows of any rank, in branches that a sample took', async () => {
  const chain = (name: string) =>
    graph(
      [makeNode('MatMul', ['x', 'v'], ['h']), makeNode('MatMul', ['h', 'w'], [name])],
      [],
      [name],
      {
        name,
      },
    );
  const branches = new Map([body('then_branch', chain('one')), body('else_branch', chain('two'))]);
  const weights = [weight('v', [4, 6]), weight('w', [6, 4])];
  const model = modelOf(
    [{ ...makeNode('If', ['flag'], ['y']), attributes: branches }],
    [
      { name: 'flag', type: { kind: 'tensor', elementType: 'bool', shape: [] } },
      float32('x', [2, 3, 4]),
    ],
    [float32('y', [2, 3, 4])],
    weights,
  );
  const x = tensor(2, 3, 4);
  const flag: Tensor = { type: 'bool', dims: [], data: Uint8Array.of(1) };
  const links = findLinks(model);
  expect(links.map(({ scope }) => scope)).toEqual(['y.then_branch/', 'y.else_branch/']);
  const peaks = await collectPeaks(model, links, [{ flag, x }], { process: child });
  const plain = modelOf(
    [makeNode('MatMul', ['x', 'v'], ['h'])],
    [float32('x', [2, 3, 4])],
    [],
    weights,
  );
  expect([...peaks.keys()]).toEqual(['y.then_branch/h']);
  expect(peaks.get('y.then_branch/h')).toEqual(await slowPeaks(plain, 'h', 6, [{ x }]));
});

it('of nothing, and of infinite values, there are none', async () => {
  expect(await collectPeaks(modelOf([], [], [], []), [], [])).toEqual(new Map());
  const model = modelOf(
    [makeNode('MatMul', ['x', 'v'], ['h']), makeNode('MatMul', ['h', 'w'], ['y'])],
    [float32('x', [1, 2])],
    [float32('y', [1, 2])],
    [weight('v', [2, 2]), weight('w', [2, 2])],
  );
  const x: Tensor = {
    type: 'float32',
    dims: [1, 2],
    data: Float32Array.of(1, Number.POSITIVE_INFINITY),
  };
  expect((await collectPeaks(model, findLinks(model), [{ x }], { process: child })).size).toBe(0);
});
