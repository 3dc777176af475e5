/** A changed model as the message that asks for its comparison. */
import { posix } from 'node:path';
import { digestFile } from '../../shared/base/digest.ts';
import { type DataSpec, isAddress } from '../../shared/measure/data/spec.ts';
import type { DataSettings, ModelSettings } from '../../shared/pipeline/config/schema.ts';
import type { ApiRequest } from '../../shared/pipeline/distributed/api-messages.ts';
import { isPathLike } from '../../shared/pipeline/job.ts';
import type { ModelChange, ModelFiles, RepositoryFile } from '../changes/model-change.ts';
import type { AwsPorts } from './ports.ts';

type CompareMessage = Extract<ApiRequest, { action: 'compare' }>;

/** The message, and where the bytes of each digest are to be had. */
export interface Question {
  readonly message: CompareMessage;
  readonly places: ReadonlyMap<
    string,
    { readonly side: 'base' | 'head'; readonly file: RepositoryFile }
  >;
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
  const places = new Map<string, { side: 'base' | 'head'; file: RepositoryFile }>();
  const digestOf = async (side: 'base' | 'head', file: RepositoryFile): Promise<string> => {
    const digest = file.lfs
      ? `sha256:${file.lfs.sha256}`
      : await digestFile(await ports.fetchFile(side, file));
    places.set(digest, { side, file });
    return digest;
  };
  const filesOf = (side: 'base' | 'head', files: readonly RepositoryFile[]) =>
    Promise.all(
      files.map(async (file) => ({
        path: file.path,
        digest: await digestOf(side, file),
        bytes: file.lfs?.bytes ?? file.bytes,
      })),
    );
  const sideOf = async (side: 'base' | 'head', model: ModelFiles, label: string) => ({
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
