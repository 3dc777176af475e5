/** The step that makes one part of a quantized model's file, and reads no weights but those of its part. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Digest } from '../../base/brand.ts';
import { DefectError } from '../../base/errors.ts';
import { planFiles } from '../../onnx/file-plan.ts';
import { writeWindow } from '../../onnx/file-windows.ts';
import type { Model } from '../../onnx/model.ts';
import { openModel } from '../../onnx/read-model.ts';
import { artifactPath, artifactSchema, digestSchema } from '../artifact.ts';
import type { Step, Tools } from '../step.ts';
import { DATA_LOCATION, rangesOf, readsSchema, windowSchema } from '../variants/weight-parts.ts';

const inputSchema = z.object({
  /** The float32 model. Its size says nothing of the part's. */
  model: artifactSchema.omit({ bytes: true }),
  /** Absent for the model as it is, in files of its own. */
  plan: digestSchema.optional(),
  file: z.enum(['model', 'data']),
  window: windowSchema,
  reads: readsSchema,
});
export type WeightsPartInput = z.infer<typeof inputSchema>;

const outputSchema = z.object({ digest: digestSchema, bytes: z.int() });
export type WeightsPart = z.infer<typeof outputSchema>;

export const weightsPartStep: Step<WeightsPartInput, WeightsPart> = {
  name: 'weights-part',
  version: 1,
  needs: 'cpu',
  runsModel: false,
  input: inputSchema,
  output: outputSchema,
  // A tensor's codes are held, and what they are computed of for some kernels.
  estimate: ({ bytes }) => ({ memoryBytes: 200e6 + bytes, seconds: 1 + bytes / 60e6 }),
  workload: ({ window, reads }) => ({
    bytes:
      window.length +
      reads.flatMap(({ ranges }) => [...ranges]).reduce((sum, { length }) => sum + length, 0),
  }),
  reads: (input) =>
    new Map(
      (input.model.external ?? []).map(({ location, digest }) => [
        digest,
        rangesOf(input.reads, location),
      ]),
    ),
  blobs: ({ digest }) => [digest],
  run: async (input, tools) => {
    const { model: source, window } = input;
    const readable = new Map(
      (source.external ?? []).map(({ location }) => [location, rangesOf(input.reads, location)]),
    );
    using opened = openModel(await artifactPath(source, tools), { readable });
    const made = input.plan ? await planned(opened.model, input.plan, tools) : opened.model;
    const { model, data } = planFiles(made, DATA_LOCATION);
    const file = input.file === 'model' ? model : data;
    if (!file) throw new DefectError('a part was ordered of a file that the model does not have');
    const path = join(tools.tempDir, 'part');
    writeWindow(file, window, path);
    return { digest: await tools.store.putFile(path), bytes: window.length };
  },
};

/** Loaded here: the side that only orders parts has no use for it. */
async function planned(model: Model, plan: Digest, tools: Tools): Promise<Model> {
  const { applyPlan } = await import('../variants/apply-plan.ts');
  return applyPlan(model, plan, tools);
}
