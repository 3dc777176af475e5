/** A changed model as the message that asks for its comparison. */
import { posix } from 'node:path';
import { type ContentDigest, digestContent } from '../../shared/base/digest.ts';
import { PLAIN_DIGEST_MAX_BYTES, TREE_CHUNK_BYTES } from '../../shared/base/limits.ts';
import { type DataSpec, isAddress } from '../../shared/measure/data/spec.ts';
import { digestSchema } from '../../shared/pipeline/artifact.ts';
import type { DataSettings, ModelSettings } from '../../shared/pipeline/config/schema.ts';
import type { ApiFile, ApiRequest } from '../../shared/pipeline/distributed/api-messages.ts';
import { isPathLike } from '../../shared/pipeline/job.ts';
import type { ModelChange, ModelFiles, RepositoryFile } from '../changes/model-change.ts';
import type { AwsPorts, ByteRange } from './ports.ts';

type CompareMessage = Extract<ApiRequest, { action: 'compare' }>;

/** Where bytes are to be had. */
export interface Bytes {
  readonly side: 'base' | 'head';
  readonly file: RepositoryFile;
  /** Of a chunk; else the whole file. */
  readonly range?: ByteRange;
}

/** The message, and the bytes of each digest in it. */
export interface Question {
  readonly message: CompareMessage;
  readonly places: ReadonlyMap<string, Bytes>;
}

export interface Labels {
  readonly base: string;
  readonly head: string;
}

/** Reads what has no digest yet: a file in Git LFS has one in its pointer, and is not read. */
export async function questionOf(
  change: ModelChange & { readonly head: ModelFiles },
  { base: baseLabel, head: headLabel }: Labels,
  ports: Pick<AwsPorts, 'fetchFile'>,
): Promise<Question> {
  const places = new Map<string, Bytes>();
  const contentOf = async (side: Bytes['side'], file: RepositoryFile): Promise<ContentDigest> => {
    // Above a gigabyte the store wants the digests of chunks, which no pointer tells.
    if (file.lfs && file.lfs.bytes <= PLAIN_DIGEST_MAX_BYTES) {
      const digest = digestSchema.parse(`sha256:${file.lfs.sha256}`);
      places.set(digest, { side, file });
      return { digest };
    }
    const content = await digestContent(await ports.fetchFile(side, file));
    if (!content.chunks) places.set(content.digest, { side, file });
    content.chunks?.forEach((chunk, index) => {
      const offset = index * TREE_CHUNK_BYTES;
      const length = Math.min(TREE_CHUNK_BYTES, sizeOf(file) - offset);
      places.set(chunk, { side, file, range: [offset, length] });
    });
    return content;
  };
  const filesOf = (side: Bytes['side'], files: readonly RepositoryFile[]): Promise<ApiFile[]> =>
    Promise.all(
      files.map(async (file) => {
        const { digest, chunks } = await contentOf(side, file);
        const parts = chunks && { chunks: [...chunks] };
        return { path: file.path, digest, bytes: sizeOf(file), ...parts };
      }),
    );
  const sideOf = async (side: Bytes['side'], model: ModelFiles, label: string) => ({
    path: model.path,
    files: await filesOf(side, model.files),
    label: `${model.path} (${label})`,
  });
  const { name, base, head, isConfigured } = change;
  const message: CompareMessage = {
    action: 'compare',
    name,
    base: base ? await sideOf('base', base, baseLabel) : null,
    head: await sideOf('head', head, headLabel),
    config: fromRoot(change.settings, change.folder),
    // What lies by a model without a word of it in the configuration may be anybody's data.
    data: isConfigured ? await filesOf('head', change.data) : [],
  };
  return { message, places };
}

/** The same settings with paths from the root of the repository, which is where the files of a message start. */
function fromRoot(settings: ModelSettings, folder: string): ModelSettings {
  const { data } = settings;
  return data ? { ...settings, data: dataFromRoot(data, folder) } : settings;
}

function dataFromRoot(data: DataSettings, folder: string): DataSettings {
  const path = (text: string): string => (isAddress(text) ? text : posix.join(folder, text));
  const spec = (one: DataSpec): DataSpec => ({
    ...one,
    path: path(one.path),
    ...(one.labels !== undefined && { labels: path(one.labels) }),
  });
  const { all, calibration, evaluation, training, labels, metric, alphabet } = data;
  return {
    ...data,
    ...(all && { all: spec(all) }),
    ...(calibration && { calibration: spec(calibration) }),
    ...(evaluation && { evaluation: spec(evaluation) }),
    ...(training && { training: spec(training) }),
    ...(labels !== undefined && { labels: path(labels) }),
    ...(metric !== undefined && { metric: isPathLike(metric) ? path(metric) : metric }),
    ...(alphabet !== undefined && { alphabet: path(alphabet) }),
  };
}

/** Of the file, not of its pointer. */
const sizeOf = ({ lfs, bytes }: RepositoryFile): number => lfs?.bytes ?? bytes;
