import { afterAll, expect, test } from 'vitest';
import type { Tensor } from '../../shared/base/tensor.ts';
import { floatValues } from '../../shared/onnx/tensor-data.ts';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { normMoments, withTrainingNorms } from '../../shared/train/batch-norms.ts';
import { floats } from './_run-emitted.ts';

afterAll(closeSharedProcess);

const model = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[3,2,1,2] x) => (float[3,2,1,2] y)
<float[2] scale = {2, 1}, float[2] shift = {0, 1}, float[2] mean = {0.5, -0.5}, float[2] variance = {1, 4}> {
  y = BatchNormalization <epsilon = 0.001, momentum = 0.8> (x, scale, shift, mean, variance) }`);
const x = floats([3, 2, 1, 2], 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13);

/** Channel by channel, in doubles. */
function slow(momentum: number) {
  const at = (sample: number, channel: number, place: number): number =>
    Number(x.data[sample * 4 + channel * 2 + place]);
  const [scale, shift, mean, variance] = [
    [2, 1],
    [0, 1],
    [0.5, -0.5],
    [1, 4],
  ];
  const y = new Array<number>(12);
  const next = { mean: [0, 0], variance: [0, 0] };
  for (const channel of [0, 1]) {
    const values = [0, 1, 2].flatMap((sample) => [at(sample, channel, 0), at(sample, channel, 1)]);
    const m = values.reduce((sum, value) => sum + value) / 6;
    const v = values.reduce((sum, value) => sum + (value - m) ** 2, 0) / 6;
    next.mean[channel] = momentum * (mean?.[channel] ?? 0) + (1 - momentum) * m;
    next.variance[channel] = momentum * (variance?.[channel] ?? 0) + (1 - momentum) * v;
    for (const sample of [0, 1, 2])
      for (const place of [0, 1])
        y[sample * 4 + channel * 2 + place] =
          ((at(sample, channel, place) - m) / Math.sqrt(v + 0.001)) * (scale?.[channel] ?? 0) +
          (shift?.[channel] ?? 0);
  }
  return { y, ...next };
}

const close = (tensor: Tensor | undefined, wanted: readonly number[]): void => {
  expect(tensor?.data.length).toBe(wanted.length);
  wanted.forEach((value, index) => {
    expect(tensor?.data[index]).toBeCloseTo(value, 5);
  });
};

test.each([
  ['its own momentum', undefined, 0.8],
  ['another', 0.25, 0.25],
])('norms by the batch, moments that follow with %s', async (_, given, momentum) => {
  const { model: training, states } = withTrainingNorms(model, given);
  expect(states.map(({ name }) => name)).toEqual(['mean', 'variance']);
  const outputs = [
    ...training.graph.outputs,
    ...states.map(({ next }) => ({ name: next, type: null })),
  ];
  await using session = await openSession({ ...training, graph: { ...training.graph, outputs } });
  const found = await session.run({ x });
  const wanted = slow(momentum);
  close(found.y, wanted.y);
  close(found[states[0]?.next ?? ''], wanted.mean);
  close(found[states[1]?.next ?? ''], wanted.variance);
});

test('a momentum that would take hundreds of steps is cut', async () => {
  const lazy = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[3,2] x) => (float[3,2] y) <float[2] s = {2, 1}, float[2] b = {0, 1}, float[2] m = {0, 0}, float[2] v = {1, 4}> {
  y = BatchNormalization <momentum = 0.999> (x, s, b, m, v) }`);
  const { graph } = withTrainingNorms(lazy).model;
  const kept = [...graph.initializers.values()].filter(({ dims }) => dims.length === 0);
  expect(kept.map((tensor) => floatValues(tensor)[0])).toEqual(
    [0, 0.9, 1 - 0.9, 0, 0.9, 1 - 0.9].map(Math.fround),
  );
  expect(normMoments(lazy)).toEqual(new Set(['m', 'v']));
});

test('a model without norms is itself', () => {
  const plain = parseModel(
    '<ir_version: 8, opset_import: ["": 17]> g (float[2] x) => (float[2] y) { y = Neg (x) }',
  );
  expect(withTrainingNorms(plain)).toEqual({ model: plain, states: [] });
});
