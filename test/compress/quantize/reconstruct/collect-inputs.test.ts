import { afterAll, expect, test } from 'vitest';
import type { NamedTensors } from '../../../../shared/base/tensor.ts';
import { collectInputs } from '../../../../shared/compress/quantize/reconstruct/collect-inputs.ts';
import { findTargets } from '../../../../shared/compress/quantize/reconstruct/find-targets.ts';
import { findWeightUses } from '../../../../shared/compress/quantize/weights/find-weight-uses.ts';
import { planWeights } from '../../../../shared/compress/quantize/weights/plan-weights.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { modelOf as parsed } from '../int8/_plan.ts';
import { tensorOf } from '../int8/_samples.ts';
import { integers, productsOf } from '../int8/statistics/_columns.ts';
import { SHARED } from './_network.ts';

afterAll(closeSharedProcess);

const targetsOf = (model: Model) => {
  const { nodes } = planWeights(model, 'int4', undefined, { hardware: 'x64' });
  return findTargets(nodes, findWeightUses(model).uses);
};

async function inputsOf(model: Model, samples: readonly NamedTensors[]) {
  const found = [];
  for await (const one of collectInputs(model, targetsOf(model), () => samples)) found.push(one);
  return found;
}

test('means of products, over the inputs of all readers', async () => {
  const samples = [
    { x: integers([2, 40], 1), z: integers([3, 40], 2), p: integers([1, 2, 5, 5], 5) },
    { x: integers([1, 40], 3), z: integers([1, 40], 4), p: integers([1, 2, 5, 5], 6) },
  ];
  const rows = (name: 'x' | 'z'): number[][] =>
    samples.flatMap((sample) => {
      const values = Array.from(sample[name].data, Number);
      return Array.from({ length: values.length / 40 }, (_, row) =>
        values.slice(row * 40, (row + 1) * 40),
      );
    });
  const found = await inputsOf(SHARED, samples);
  expect(found.map(({ target }) => target.weight.tensor.name).toSorted()).toEqual([
    'c',
    'u',
    'v',
    'w',
  ]);
  for (const { target, inputs } of found) {
    if (target.weight.tensor.name === 'c') continue;
    const vectors = target.weight.tensor.name === 'w' ? [...rows('x'), ...rows('z')] : rows('x');
    expect(inputs.positions).toBe(vectors.length);
    const sums = productsOf(vectors, 0, 40);
    for (const [at, value] of (inputs.products[0] ?? []).entries())
      expect(value).toBeCloseTo((sums[at] ?? 0) / vectors.length, 6);
  }
});

test('one pass for one input, whatever number of weights read it', async () => {
  let passes = 0;
  const x = tensorOf([1, 40], Array(40).fill(1));
  const samples = () => {
    passes++;
    return [{ x, z: x, p: integers([1, 2, 5, 5], 5) }];
  };
  const found = [];
  for await (const one of collectInputs(SHARED, targetsOf(SHARED), samples)) found.push(one);
  expect([found.length, passes]).toEqual([4, 1]);
});

test('a weight of which one reader is never reached has the inputs of the other; without samples there are none', async () => {
  const ones = Array(1600).fill(1).join();
  const model =
    parsed(`g (bool flag, float[1,40] x) => (float[1,40] y) <float[40,40] w = {${ones}}> {
    y = If (flag) <
      then_branch = t () => (float[1,40] one) { one = MatMul (x, w) },
      else_branch = e () => (float[1,40] two) { n = Neg (x) two = MatMul (n, w) }
    >
  }`);
  const x = tensorOf([1, 40], Array(40).fill(2));
  const flag = { type: 'bool', dims: [], data: Uint8Array.of(1) } as const;
  const found = await inputsOf(model, [{ flag, x }]);
  expect(found.map(({ target, inputs }) => [target.readers.length, inputs.positions])).toEqual([
    [2, 1],
  ]);
  expect(await inputsOf(model, [])).toEqual([]);
});
