/** The step that takes out of a network what a plan says. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { openModel } from '../../onnx/read-model.ts';
import {
  artifactBlobs,
  artifactPath,
  artifactSchema,
  digestSchema,
  type StoredArtifact,
  storeModel,
} from '../artifact.ts';
import type { Step } from '../step.ts';

const inputSchema = z.object({
  /** The one that was planned for. */
  model: artifactSchema,
  plan: digestSchema,
});

export const pruneApplyStep: Step<z.infer<typeof inputSchema>, StoredArtifact> = {
  name: 'prune-apply',
  version: 1,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: artifactSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 300e6 + 3 * bytes, seconds: 1 + bytes / 50e6 }),
  blobs: artifactBlobs,
  run: async ({ model, plan }, tools) => {
    const { applyRemoval } = await import('../training/apply-removal.ts');
    using opened = openModel(await artifactPath(model, tools));
    const written: unknown = JSON.parse(await readFile(await tools.locate(plan), 'utf8'));
    return await storeModel(await applyRemoval(opened.model, written), tools);
  },
};
