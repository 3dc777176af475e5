import { afterAll, expect, test } from 'vitest';
import type { Model } from '../../shared/onnx/model.ts';
import { assertValid } from '../../shared/onnx/verify.ts';
import { optimizeExact } from '../../shared/passes/optimize-exact.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { closeSharedProcess, sharedProcess } from '../../shared/runtime/shared-process.ts';
import { addNorms } from '../../shared/train/add-norms.ts';
import { trainableWeights } from '../../shared/train/trainable-weights.ts';
import { convNet, stripes, xor, xorNet } from './_nets.ts';

afterAll(closeSharedProcess);

async function outputs(model: Model): Promise<number[]> {
  await using session = await openSession(model);
  const found: number[] = [];
  for (let index = 0; index < 4; index++) {
    const { p } = await session.run(await stripes().sample(index));
    found.push(...Array.from(p?.data ?? [], Number));
  }
  return found;
}

test('norms behind inner convolutions change nothing, can be trained, and are folded', async () => {
  const before = convNet();
  const model = await addNorms(before, stripes(), { process: sharedProcess(), seed: 1 });
  assertValid(model);
  const ops = model.graph.nodes.map(({ opType }) => opType);
  // The second convolution has a matrix behind it, so that its norm is not the last either.
  expect(ops.filter((op) => op === 'BatchNormalization').length).toBe(2);
  expect(model.graph.initializers.has('kb')).toBe(false);
  expect(trainableWeights(model)).toEqual(
    expect.arrayContaining(['k', 'm', 'w', 'c_scale', 'c_shift', 'e_scale', 'e_shift']),
  );
  const [was, is] = [await outputs(before), await outputs(model)];
  is.forEach((value, index) => {
    expect(value).toBeCloseTo(was[index] ?? Number.NaN, 5);
  });
  const folded = (await optimizeExact(model)).model;
  expect(folded.graph.nodes.some(({ opType }) => opType === 'BatchNormalization')).toBe(false);
});

test('a model with a norm of its own stays as it is', async () => {
  const model = xorNet();
  expect(await addNorms(model, xor(), { process: sharedProcess(), seed: 1 })).toBe(model);
});
