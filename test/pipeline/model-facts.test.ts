import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openModel } from '../../shared/onnx/read-model.ts';
import { modelFacts, modelFactsSchema } from '../../shared/pipeline/model-facts.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { CASES } from '../measure/fusion/cases.ts';
import { qdqModel } from '../measure/fusion/qdq-models.ts';
import { EXAMPLES } from './inline-context.ts';

afterAll(closeSharedProcess);

test('counts of a float model, all of it in float32', async () => {
  using opened = openModel(join(EXAMPLES, 'digits.onnx'));
  const facts = await modelFacts(opened.model);
  expect(modelFactsSchema.parse(facts)).toEqual(facts);
  expect(facts).toMatchObject({ parameters: 7520, ops: 21 });
  expect(facts.coverage.nodes.float32).toBeGreaterThan(10);
  expect(facts.coverage.nodes.int8).toBeUndefined();
});

test('what conversions cost is known at given shapes', async () => {
  const tanh = CASES.tanh;
  if (!tanh) throw new Error('the case is there');
  const quantized = qdqModel(tanh);
  const [input] = quantized.graph.inputs;
  if (input?.type?.kind !== 'tensor') throw new Error('its input is a tensor');
  const free = {
    ...quantized,
    graph: {
      ...quantized.graph,
      inputs: [
        { ...input, type: { ...input.type, shape: ['n', ...(input.type.shape ?? []).slice(1)] } },
      ],
      outputs: quantized.graph.outputs.map(({ name }) => ({ name, type: null })),
    },
  };
  const costs = async (shapes?: Record<string, number[]>) =>
    (await modelFacts(free, shapes)).coverage.notFused?.map(({ estimatedMs }) => estimatedMs);
  expect(await costs()).toEqual([undefined]);
  const rest = (input.type.shape ?? []).slice(1).map(Number);
  const [one, ten] = [
    (await costs({ [input.name]: [1, ...rest] }))?.[0],
    (await costs({ [input.name]: [1000, ...rest] }))?.[0],
  ];
  expect(one).toBeGreaterThan(0);
  expect(ten).toBeGreaterThan(10 * (one ?? 0));
});
