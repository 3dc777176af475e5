/** The step that makes the float32 ONNX form of a model: read, verified, exactly optimized, written. */
import { z } from 'zod';
import { acceptModel } from '../../onnx/accept-model.ts';
import { openModel } from '../../onnx/read-model.ts';
import { optimizeExact } from '../../passes/optimize-exact.ts';
import type { PassReport } from '../../rewrite/pass.ts';
import { artifactBlobs, artifactPath, artifactSchema, storeModel } from '../artifact.ts';
import { checkSourceOpset, checkWrittenOpset } from '../check-opset.ts';
import { describeModel } from '../inspect.ts';
import { modelFacts, modelFactsSchema } from '../model-facts.ts';
import type { Step } from '../step.ts';

const inputSchema = z.object({
  source: artifactSchema,
  /** The highest opset that may be written. */
  opset: z.int().optional(),
});

const valueSchema = z.object({
  name: z.string(),
  type: z.string(),
  shape: z
    .array(z.union([z.number(), z.string()]))
    .readonly()
    .optional(),
});

export const preparedSchema = z.object({
  model: artifactSchema,
  opset: z.int(),
  inputs: z.array(valueSchema).readonly(),
  outputs: z.array(valueSchema).readonly(),
  /** Of the result. */
  facts: modelFactsSchema,
  sourceOps: z.number(),
  /** Changes by pass, all rounds together; passes that changed nothing are left out. */
  passes: z.record(z.string(), z.int()),
  notes: z.array(z.string()),
});
export type Prepared = z.infer<typeof preparedSchema>;

export const prepareStep: Step<z.infer<typeof inputSchema>, Prepared> = {
  name: 'prepare',
  version: 6,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: preparedSchema,
  // The source, what is made of it, and that in the store.
  estimate: ({ bytes }) => ({
    memoryBytes: 200e6 + bytes,
    seconds: 1 + bytes / 50e6,
    diskBytes: 3 * bytes,
  }),
  blobs: ({ model }) => artifactBlobs(model),
  run: async ({ source: file, opset }, tools) => {
    const path = await artifactPath(file, tools);
    using opened = openModel(path);
    const { model: source, notes } = acceptModel(opened.model);
    checkSourceOpset(source, opset);
    const before = describeModel(source);
    const { model: optimized, report } = await optimizeExact(source);
    checkWrittenOpset(optimized, opset);
    const after = describeModel(optimized);
    return {
      model: await storeModel(optimized, tools),
      opset: after.opsets['ai.onnx'] ?? 0,
      inputs: after.inputs,
      outputs: after.outputs,
      facts: await modelFacts(optimized),
      sourceOps: before.nodes,
      passes: changesOf(report),
      notes: [
        ...notes,
        ...(after.nodes < before.nodes
          ? [`exact rewrites: ${before.nodes} nodes became ${after.nodes}`]
          : []),
      ],
    };
  },
};

function changesOf(reports: readonly PassReport[]): Record<string, number> {
  const changes: Record<string, number> = {};
  for (const { name, changes: counts } of reports) {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    if (total > 0) changes[name] = (changes[name] ?? 0) + total;
  }
  return changes;
}
