/** A stored artifact as files that bear the model's name. */
import { constants, mkdirSync } from 'node:fs';
import { copyFile, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { explainWriteError, withTempDir } from '../../base/files.ts';
import { openModel } from '../../onnx/read-model.ts';
import { writeModel } from '../../onnx/write-model.ts';
import { writeReferring } from '../../onnx/write-referring.ts';
import { artifactPath, type StoredArtifact } from '../artifact.ts';
import type { Store } from '../store/store.ts';

/** Copies it to `to`, with weights beside it to `to`.data: the model is written anew, as it names them. */
export async function publishArtifact(
  artifact: StoredArtifact,
  to: string,
  store: Store,
): Promise<void> {
  const { external: [weights, ...more] = [] } = artifact;
  try {
    mkdirSync(dirname(to), { recursive: true });
    if (!weights) return await copy(await store.pathOf(artifact.digest), to);
    if (more.length === 0) {
      await publishHeader(artifact, to, store);
      return await copy(await store.pathOf(weights.digest), dataOf(to));
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

/** How the weights beside a published model are called. */
export const dataOf = (path: string): string => `${path}.data`;

/** Writes the model alone; its weights, all in one file of the store, are not read. Gives how many bytes those have. */
export async function publishHeader(
  { digest, bytes, external: [weights] = [] }: StoredArtifact,
  to: string,
  store: Pick<Store, 'pathOf'>,
): Promise<number> {
  return withTempDir('header', async (folder) => {
    const path = join(folder, 'model.onnx');
    await copy(await store.pathOf(digest), path);
    const dataBytes = bytes - (await stat(path)).size;
    const location = weights?.location ?? '';
    // As large as the weights, so that what the model says of them can be checked, and empty.
    await writeFile(join(folder, location), '');
    await truncate(join(folder, location), dataBytes);
    using opened = openModel(path, { readable: new Map([[location, []]]) });
    writeReferring(opened.model, to, { location: dataOf(basename(to)) });
    return dataBytes;
  });
}

const copy = (from: string, to: string): Promise<void> =>
  copyFile(from, to, constants.COPYFILE_FICLONE);
