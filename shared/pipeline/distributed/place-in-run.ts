/** Artifacts of the store in the folder of a run: no weights pass through whoever publishes them. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestFile } from '../../base/digest.ts';
import { UnsupportedError } from '../../base/errors.ts';
import type { PlaceArtifact } from '../publish.ts';
import { dataOf, publishHeader } from '../stages/publish-artifact.ts';
import type { AdoptingStore } from './collect-results.ts';

/**
 * Into the run at `run`. Only the header of a model with weights beside it is written anew, since it names them; all
 * else the store copies, and its digests are those of the store.
 */
export const placeInRun =
  (store: Pick<AdoptingStore, 'pathOf' | 'copyTo'>, run: string): PlaceArtifact =>
  async (artifact, name, staging) => {
    const { digest, bytes, external: [weights, ...more] = [] } = artifact;
    if (!weights) {
      await store.copyTo(digest, `${run}/${name}`);
      return [{ path: name, sha256: digest, bytes, isElsewhere: true }];
    }
    if (more.length > 0) throw new UnsupportedError(`${name} has several files of weights`);
    const header = join(staging, name);
    await mkdir(dirname(header), { recursive: true });
    const dataBytes = await publishHeader(artifact, header, store);
    await store.copyTo(weights.digest, `${run}/${dataOf(name)}`);
    return [
      { path: name, sha256: await digestFile(header), bytes: (await stat(header)).size },
      { path: dataOf(name), sha256: weights.digest, bytes: dataBytes, isElsewhere: true },
    ];
  };
