/** The step that gives a model the names of another one's inputs and outputs; nothing else changes. */
import { z } from 'zod';
import { openModel } from '../../onnx/read-model.ts';
import { artifactBlobs, artifactPath, artifactSchema, storeModel } from '../artifact.ts';
import { portNamesSchema, renamePorts } from '../rename-ports.ts';
import type { Step } from '../step.ts';

const inputSchema = z.object({ model: artifactSchema, names: portNamesSchema });

const outputSchema = z.object({ model: artifactSchema });
export type Renamed = z.infer<typeof outputSchema>;

export const renameStep: Step<z.infer<typeof inputSchema>, Renamed> = {
  name: 'rename',
  version: 1,
  needs: 'cpu',
  runsModel: false,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 150e6 + bytes / 4, seconds: 0.5 + bytes / 100e6 }),
  blobs: ({ model }) => artifactBlobs(model),
  run: async ({ model, names }, tools) => {
    using opened = openModel(await artifactPath(model, tools));
    return { model: await storeModel(renamePorts(opened.model, names), tools) };
  },
};
