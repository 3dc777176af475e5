import { afterAll, beforeAll, expect, test } from 'vitest';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { artifactPath } from '../../../shared/pipeline/artifact.ts';
import { describeInt8, makeInt8 } from '../../../shared/pipeline/variants/make-int8.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { type DigitsWork, digitsWork } from '../digits-work.ts';
import { DIGITS_DATA } from '../inline-context.ts';

let work: DigitsWork;
beforeAll(async () => {
  work = await digitsWork();
});
afterAll(closeSharedProcess);

async function make(of: DigitsWork, options: { readonly opset?: number } = {}) {
  const tools = of.tools();
  using opened = openModel(await artifactPath(of.prepared.model, tools));
  const { metrics, refs: data, split } = of.samples;
  return await makeInt8(
    opened.model,
    {
      model: of.prepared.model,
      variant: 'int8',
      hardware: 'x64',
      data,
      split,
      seed: 0,
      ...(metrics && { metric: metrics.selection }),
      ...options,
    },
    tools,
  );
}

test('what was decided is described, with the damage of each layer', async () => {
  const { plan, description, sensitivity, model } = await make(work);
  expect(plan).toMatchObject({ hardware: 'x64', calibration: { synthetic: false } });
  expect(description).toMatch(
    /^\d Conv and 1 Gemm in 8 bits, (.*, )?ranges by .* over 64 samples$/,
  );
  expect(sensitivity?.layers.length).toBeGreaterThan(3);
  expect(model.graph.nodes.some(({ opType }) => opType === 'QuantizeLinear')).toBe(true);
});

test('the description counts what was quantized how', () => {
  const of = (op: string) => ({ scope: '', name: '', op, node: '' });
  const weight = { weights: [], form: 'folded', bits: 8, symmetric: true, bytes: [0, 0] } as const;
  expect(
    describeInt8({
      schema: 'fettle.int8-plan/1',
      hardware: 'x64',
      calibration: { samples: 64, method: 'mse', synthetic: false },
      equalized: [{ scope: '', name: 'h', exponents: [1] }],
      groups: [],
      nodes: [of('Conv'), of('Conv'), of('MatMul')].map((node) => ({
        ...node,
        rounding: 'nearest',
      })),
      weightsAlone: [{ ...of('Conv'), ...weight, reason: '' }],
      values: [],
      absorbed: [],
      integerOps: [],
      kept: [],
    }),
  ).toBe(
    '2 Conv and 1 MatMul in 8 bits, weights alone of 1 Conv, channels of 1 value equalized, ranges by mse over 64 samples',
  );
});

test('where evaluation takes every sample, it is calibrated on made-up inputs, and that is said', async () => {
  const alone = await digitsWork({ data: { evaluation: DIGITS_DATA.evaluation } });
  const { notes, plan } = await make(alone);
  expect(notes).toContain('synthetic calibration: there was no sample to calibrate on');
  expect(plan).toMatchObject({ calibration: { samples: 19, synthetic: true } });
});

test('without data it says so', async () => {
  expect((await make(await digitsWork({}))).notes).toContain(
    'synthetic calibration, accuracy unknown',
  );
});
