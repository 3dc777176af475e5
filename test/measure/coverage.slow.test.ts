/** The estimated cost of conversions beside what they take here. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { conversionMs } from '../../shared/measure/coverage.ts';
import { float32Tensor, rawTensor } from '../../shared/onnx/make-tensor.ts';
import type { ValueInfo } from '../../shared/onnx/model.ts';
import { encodeModel } from '../../shared/onnx/write-model.ts';
import { graph, model, node } from '../onnx/_build.ts';

const PAIRS = 16;
const PARAMETERS = [
  float32Tensor('scale', [], [0.01]),
  rawTensor('zero', 'uint8', [], Uint8Array.of(128)),
];

/** Milliseconds of one conversion: the fastest of many runs of a chain of pairs, since others share the CPU. */
async function timeConversion(elements: number): Promise<number> {
  const nodes = Array.from({ length: PAIRS }, (_, index) => [
    node('QuantizeLinear', [index === 0 ? 'x' : `d${index - 1}`, 'scale', 'zero'], [`q${index}`]),
    node('DequantizeLinear', [`q${index}`, 'scale', 'zero'], [`d${index}`]),
  ]).flat();
  const value = (name: string): ValueInfo => ({
    name,
    type: { kind: 'tensor', elementType: 'float32', shape: [elements] },
  });
  const chain = model(
    graph(nodes, [], [], {
      inputs: [value('x')],
      outputs: [value(`d${PAIRS - 1}`)],
      initializers: new Map(PARAMETERS.map((tensor) => [tensor.name, tensor])),
    }),
  );
  const session = await InferenceSession.create(encodeModel(chain), {
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 1,
  });
  const x = new Tensor(
    'float32',
    Float32Array.from({ length: elements }, (_, index) => ((index * 37) % 200) / 100 - 1),
    [elements],
  );
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 50; round++) {
    const started = performance.now();
    await session.run({ x });
    best = Math.min(best, performance.now() - started);
  }
  await session.release();
  return best / (2 * PAIRS);
}

it.each([10_000, 100_000, 1_000_000])('is of the right size for %d elements', async (elements) => {
  const ratio = conversionMs(elements) / (await timeConversion(elements));
  // Other CPUs have other speeds; an estimate that is off by more would mislead.
  expect(ratio).toBeGreaterThan(1 / 4);
  expect(ratio).toBeLessThan(4);
});
