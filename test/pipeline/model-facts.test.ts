import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openModel } from '../../shared/onnx/read-model.ts';
import { modelFacts, modelFactsSchema } from '../../shared/pipeline/model-facts.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
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
