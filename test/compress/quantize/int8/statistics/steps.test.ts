import { expect, test } from 'vitest';
import type { NamedTensors } from '../../../../../shared/base/tensor.ts';
import { Steps } from '../../../../../shared/compress/quantize/int8/statistics/steps.ts';
import { editModel } from '../../../../../shared/onnx/edit-model.ts';
import { float32Tensor } from '../../../../../shared/onnx/make-tensor.ts';
import type { Model } from '../../../../../shared/onnx/model.ts';
import { verifyModel } from '../../../../../shared/onnx/verify.ts';
import { outputsOf } from '../../../../passes/_agree.ts';
import { modelOf } from '../_plan.ts';
import { tensorOf } from '../_samples.ts';

// Its output has the name that steps would take.
const MODEL = modelOf('g (float[n,m] x) => (float[n,m] statistic) { statistic = Neg (x) }');

/** The model with the values that `build` names as its only outputs. */
function built(build: (steps: Steps) => readonly string[]): Model {
  const { model } = editModel(MODEL, (graph) => {
    const steps = new Steps(graph);
    const names = build(steps);
    graph.insertBefore(null, ...steps.nodes);
    graph.setOutputs(names.map((name) => ({ name, type: null })));
  });
  expect(verifyModel(model)).toEqual([]);
  return model;
}

/** What they are, in the order of `build`. */
async function valuesOf(build: (steps: Steps) => readonly string[], x: NamedTensors[string]) {
  const model = built(build);
  const [found] = await outputsOf(model, [{ x }]);
  return model.graph.outputs.map(({ name }) => Array.from(found?.[name] ?? []));
}

const counted = (dims: readonly [number, number]) =>
  tensorOf(
    dims,
    Array.from({ length: dims[0] * dims[1] }, (_, index) => index),
  );

test('nodes come in the order in which they were added, under names that are new', () => {
  const model = built((steps) => {
    const first = steps.add('Abs', ['x']);
    const second = steps.add('Transpose', [first], { perm: { type: 'ints', value: [1, 0] } });
    return [second, first];
  });
  expect(model.graph.nodes.map(({ opType }) => opType)).toEqual(['Neg', 'Abs', 'Transpose']);
  expect(model.graph.nodes[2]?.attributes).toEqual(
    new Map([['perm', { type: 'ints', value: [1, 0] }]]),
  );
  const names = model.graph.nodes.flatMap(({ outputs }) => outputs);
  expect(new Set(names).size).toBe(3);
});

test('constants hold what they were given', async () => {
  const found = await valuesOf(
    (steps) => [
      steps.add('Identity', [steps.constant(float32Tensor('', [2], [0.5, -2]))]),
      steps.toFloat(steps.ints(3, -7, 2 ** 40)),
      steps.toFloat(steps.ints()),
    ],
    counted([1, 1]),
  );
  expect(found).toEqual([[0.5, -2], [3, -7, 2 ** 40], []]);
});

test('the length of an axis is known only when the model runs', async () => {
  const lengths = (x: NamedTensors[string]) =>
    valuesOf((steps) => [steps.lengthOf('x', 0), steps.lengthOf('x', 1)], x);
  expect(await lengths(counted([2, 5]))).toEqual([[2], [5]]);
  expect(await lengths(counted([7, 0]))).toEqual([[7], [0]]);
});

test('spread takes all of a short axis, and evenly from the whole of a long one', async () => {
  const count = 6;
  for (const length of [0, 1, 5, 6, 11, 12, 13, 24, 35, 36, 100, 1001]) {
    const [found = []] = await valuesOf(
      (steps) => [steps.spread('x', 1, count)],
      counted([1, length]),
    );
    const step = (found[1] ?? 1) - (found[0] ?? 0);
    expect(found).toEqual(Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step));
    // Odd: in rows of even length, all columns get their turn.
    expect(step % 2).toBe(1);
    expect(found.length).toBeLessThan(2 * count);
    expect(found.length).toBeGreaterThanOrEqual(Math.min(length, (2 / 3) * count));
    if (length < 2 * count) expect(step).toBe(1);
  }
});

test('spread leaves the other axes whole', async () => {
  const [found] = await valuesOf((steps) => [steps.spread('x', 0, 2)], counted([9, 2]));
  // 9 rows, every fifth.
  expect(found).toEqual([0, 1, 10, 11]);
});
