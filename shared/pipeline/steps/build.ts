/** The step that makes a target's artifact of an ONNX model. */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { engineFor } from '../../engines/engines.ts';
import { artifactBlobs, artifactPath, artifactSchema, type StoredArtifact } from '../artifact.ts';
import { TARGETS } from '../names.ts';
import type { Step } from '../step.ts';

const inputSchema = z.object({ model: artifactSchema, target: z.enum(TARGETS) });

export const buildStep: Step<z.infer<typeof inputSchema>, StoredArtifact> = {
  name: 'build',
  version: 1,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: artifactSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 200e6 + 3 * bytes, seconds: 0.5 + bytes / 100e6 }),
  blobs: artifactBlobs,
  run: async ({ model, target }, tools) => {
    const engine = engineFor(target);
    const path = join(tools.tempDir, 'built', `model${engine.suffix}`);
    await engine.build(await artifactPath(model, tools), path);
    return {
      digest: await tools.store.putFile(path),
      bytes: statSync(path).size,
      suffix: engine.suffix,
    };
  },
};
