/** A stored artifact as a file of the user's. */
import { constants, mkdirSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { explainWriteError, withTempDir } from '../../base/files.ts';
import { openModel } from '../../onnx/read-model.ts';
import { writeModel } from '../../onnx/write-model.ts';
import { artifactPath, type StoredArtifact } from '../artifact.ts';
import type { Store } from '../store/store.ts';

/** Copies it to `to`, or, with external data, writes it anew so that the data file bears the model's name. */
export async function publishArtifact(
  artifact: StoredArtifact,
  to: string,
  store: Store,
): Promise<void> {
  try {
    mkdirSync(dirname(to), { recursive: true });
    if (!artifact.external) {
      await copyFile(await store.pathOf(artifact.digest), to, constants.COPYFILE_FICLONE);
      return;
    }
  } catch (error) {
    throw explainWriteError(error, to);
  }
  await withTempDir('artifact', async (tempDir) => {
    using opened = openModel(
      await artifactPath(artifact, {
        tempDir: join(tempDir, 'model'),
        locate: (digest) => store.pathOf(digest),
      }),
    );
    writeModel(opened.model, to, { external: 'always' });
  });
}
