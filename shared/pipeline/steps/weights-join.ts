/** The step that makes a model of its parts. The store does it by itself: no bytes pass through whoever runs the step. */
import { z } from 'zod';
import { artifactBlobs, artifactSchema, digestSchema, type StoredArtifact } from '../artifact.ts';
import type { Step } from '../step.ts';
import { DATA_LOCATION, windowSchema } from '../variants/weight-parts.ts';

const fileSchema = z.object({
  file: z.enum(['model', 'data']),
  /** One behind the other. */
  pieces: z.array(windowSchema.extend({ digest: digestSchema })),
});

const inputSchema = z.object({ files: z.array(fileSchema).min(1).max(2) });
export type WeightsJoinInput = z.infer<typeof inputSchema>;

export const weightsJoinStep: Step<WeightsJoinInput, StoredArtifact> = {
  name: 'weights-join',
  version: 1,
  needs: 'cpu',
  inStore: true,
  runsModel: false,
  input: inputSchema,
  output: artifactSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 100e6, seconds: 1 + bytes / 500e6 }),
  blobs: artifactBlobs,
  run: async ({ files }, { store }) => {
    const bytesOf = ({ pieces }: WeightsJoinInput['files'][number]): number =>
      pieces.reduce((sum, { length }) => sum + length, 0);
    const join = async (name: 'model' | 'data') => {
      const file = files.find((one) => one.file === name);
      return file && (await store.concat(file.pieces));
    };
    const data = await join('data');
    return {
      digest: digestSchema.parse(await join('model')),
      bytes: files.reduce((sum, file) => sum + bytesOf(file), 0),
      suffix: '.onnx',
      ...(data && { external: [{ location: DATA_LOCATION, digest: data }] }),
    };
  },
};
