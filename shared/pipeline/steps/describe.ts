/**
 * The step that looks at an ONNX model which is measured as it is. A step, though it makes nothing: types are
 * inferred by the runtime, and a stranger's model is handed to that only where steps run.
 */
import { z } from 'zod';
import { acceptModel } from '../../onnx/accept-model.ts';
import { openModel } from '../../onnx/read-model.ts';
import { artifactPath, artifactSchema } from '../artifact.ts';
import { describeModel } from '../inspect.ts';
import { modelFacts } from '../model-facts.ts';
import type { Step } from '../step.ts';
import { preparedSchema } from './prepare.ts';

const inputSchema = z.object({
  model: artifactSchema,
  /** As the user wrote it, for messages. */
  shown: z.string(),
});

const outputSchema = preparedSchema.omit({ model: true, passes: true });

export const describeStep: Step<z.infer<typeof inputSchema>, z.infer<typeof outputSchema>> = {
  name: 'describe',
  version: 1,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 200e6, seconds: 0.3 + bytes / 1e9 }),
  blobs: () => [],
  run: async ({ model, shown }, tools) => {
    using opened = openModel(await artifactPath(model, tools));
    const { notes } = acceptModel(opened.model, shown);
    const { opsets, inputs, outputs, nodes } = describeModel(opened.model);
    return {
      opset: opsets['ai.onnx'] ?? 0,
      inputs,
      outputs,
      facts: await modelFacts(opened.model),
      sourceOps: nodes,
      notes: [...notes],
    };
  },
};
