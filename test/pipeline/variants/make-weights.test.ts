import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { describePlan, makeWeights } from '../../../shared/pipeline/variants/make-weights.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { graph, model, node } from '../../onnx/_build.ts';
import { EXAMPLES } from '../inline-context.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));

afterAll(closeSharedProcess);

async function make(variant: string, from = openModel(join(EXAMPLES, 'digits.onnx')).model) {
  return makeWeights(from, { variant, hardware: 'x64' });
}

test('the plan is described, and what stays is listed with its reason', async () => {
  const { description, keptInFloat, plan, model: made } = await make('int8-weights');
  expect(description).toMatch(/^\d+ \w+ in 8 bits/);
  expect(plan).toMatchObject({ variant: 'int8-weights', hardware: 'x64' });
  for (const kept of keptInFloat ?? []) expect(kept.reason.length).toBeGreaterThan(5);
  expect(made.graph.initializers.size).toBeGreaterThan(0);
});

test('a model without weights is refused with the reason', async () => {
  await expect(
    make('int4', model(graph([node('Relu', ['x'], ['y'])], ['x'], ['y']))),
  ).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(/nothing to quantize: no node holds weights/),
  });
});

test('int4 in which nothing would be 4 bits is refused: it would be int8-weights', async () => {
  await expect(make('int4')).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(
      /^nothing in it takes 4 bits: the largest matrix or table \(MatMul '.*'\) takes 8, since it has 480 weights, too few for a kernel of their own\. For 8 bits there is int8-weights$/,
    ),
  });
  const convolutions = openModel(join(FIXTURES, 'onnx-models/basic-pitch.onnx')).model;
  await expect(make('int4', convolutions)).rejects.toMatchObject({
    message: expect.stringMatching(/it has no MatMul, Gemm or Gather with constant weights\./),
  });
  await expect(make('int8-weights')).resolves.toBeDefined();
});

test('int4 is made where some weights take 4 bits', async () => {
  const fashion = openModel(join(FIXTURES, 'fashion-cnn/model.onnx')).model;
  const { description } = await make('int4', fashion);
  expect(description).toMatch(/1 Gemm in 4 bits/);
});

test('counts by op and bits', () => {
  const entry = {
    scope: '',
    name: 'n',
    node: '',
    form: 'folded',
    weights: [],
    symmetric: true,
    bytes: [8, 2],
    reason: '',
  } as const;
  expect(
    describePlan({
      nodes: [
        { ...entry, op: 'Conv', bits: 8 },
        { ...entry, op: 'MatMul', bits: 4 },
        { ...entry, op: 'Conv', bits: 8 },
      ],
    }),
  ).toBe('2 Conv in 8 bits, 1 MatMul in 4 bits');
});
