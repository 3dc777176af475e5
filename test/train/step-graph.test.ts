import { afterAll, expect, test } from 'vitest';
import { createRandom } from '../../shared/base/random.ts';
import type { NamedTensors, Tensor } from '../../shared/base/tensor.ts';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { crossEntropy } from '../../shared/train/losses.ts';
import { stepGraph } from '../../shared/train/step-graph.ts';
import { floats } from './_run-emitted.ts';

afterAll(closeSharedProcess);

/** Eight samples of two classes that a line does not part. */
const x = floats([8, 2], 1, 1, -1, -1, 1, -1, -1, 1, 2, 2, -2, -2, 2, -2, -2, 2);
const y = {
  type: 'int64' as const,
  dims: [8],
  data: BigInt64Array.of(1n, 1n, 0n, 0n, 1n, 1n, 0n, 0n),
};
const random = createRandom(3, 'weights');
const list = (count: number): string => Array.from({ length: count }, () => random.normal()).join();
const model = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[8,2] x) => (float[8,2] logits) <float[2,8] a = {${list(16)}}, float[8] b = {${list(8)}}, float[8,2] c = {${list(16)}}, float[2] unused = {1, 2}> {
  h = Gemm (x, a, b) r = Relu (h) logits = MatMul (r, c) }`);

test('a net learns what no line parts; what is not in the way is left out', async () => {
  const graph = await stepGraph(model, {
    weights: ['a', 'b', 'c', 'unused'],
    optimizer: { name: 'adam' },
    extraInputs: [{ name: 'y', type: 'int64', shape: [8] }],
    loss: (emit) => crossEntropy(emit, 'logits', { kind: 'classes', name: 'y' }),
  });
  expect([...graph.trained.keys()].sort()).toEqual(['a', 'b', 'c']);
  const { initializers } = model.graph;
  let state: Record<string, Tensor> = {};
  for (const [name, { shape, state: ports }] of graph.trained) {
    const raw = initializers.get(name);
    if (raw?.storage.kind !== 'memory') throw new Error('weights of a parsed model are in memory');
    const { bytes } = raw.storage;
    const data = new Float32Array(bytes.slice().buffer);
    state[name] = { type: 'float32', dims: shape, data };
    for (const { input } of ports)
      state[input] = { type: 'float32', dims: shape, data: new Float32Array(data.length) };
  }
  await using session = await openSession(graph.model);
  const losses: number[] = [];
  for (let step = 1; step <= 80; step++) {
    const outputs: NamedTensors = await session.run({
      x,
      y,
      ...state,
      [graph.rate]: floats([], 0.1),
      [graph.step]: floats([], step),
    });
    losses.push(Number(outputs[graph.loss]?.data[0]));
    state = {};
    for (const [name, { next, state: ports }] of graph.trained)
      for (const [input, output] of [[name, next], ...ports.map((one) => [one.input, one.next])])
        state[input ?? ''] = outputs[output ?? ''] ?? floats([], 0);
  }
  expect(losses[0]).toBeGreaterThan(0.3);
  expect(losses.at(-1)).toBeLessThan(0.01);
});

test('a loss that depends on no weight is a defect', async () => {
  const graph = stepGraph(model, {
    weights: ['unused'],
    optimizer: { name: 'sgd' },
    extraInputs: [{ name: 'y', type: 'int64', shape: [8] }],
    loss: (emit) => crossEntropy(emit, 'logits', { kind: 'classes', name: 'y' }),
  });
  await expect(graph).rejects.toThrow('depends on none');
});
