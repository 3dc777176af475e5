/** A comparison becomes a job: its blobs are looked at as files, and everything that is known of them becomes JSON. */
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { FettleError, InputError, LimitError } from '../../base/errors.ts';
import { formatBytes } from '../../report/numbers.ts';
import { comparedVariants } from '../compared-variants.ts';
import type { Sources } from '../data-refs.ts';
import { type Job, resolveJob } from '../job.ts';
import { identifySides } from '../stages/side.ts';
import { atOnce } from '../together.ts';
import type { ComparedBlob, ComparisonRequest } from './comparison.ts';
import type { CompareExecution, Place } from './execution.ts';
import type { ObjectStore, ReadableObjects } from './object-store.ts';
import { type OpenOptions, refuseForeign } from './open-job.ts';
import { type RemoteFile, RemoteFolder } from './remote-folder.ts';
import { remoteObject } from './remote-object.ts';
import type { Addresses } from './write-orders.ts';

export interface OpenComparisonOptions extends OpenOptions {
  /** Where the blobs of the store lie. */
  readonly objects: ReadableObjects & Pick<ObjectStore, 'head'>;
  /** The name of that bucket. */
  readonly bucket: string;
  readonly blobKey: Addresses['blobKey'];
}

/** @throws InputError, UnsupportedError, ModelError, LimitError: what is wrong with the models or the settings */
export async function openComparison(
  request: ComparisonRequest,
  options: OpenComparisonOptions,
): Promise<CompareExecution> {
  const { requestKey, startedAt, folder } = options;
  const { base, head, data } = request;
  try {
    const roots = { head: head.files, base: base?.files ?? [], data };
    const { places, files } = placeFiles(roots, options);
    await checkSizes(Object.values(roots).flat(), options);
    for (const root of Object.keys(roots)) await mkdir(join(folder, root), { recursive: true });
    const remote = await RemoteFolder.layOut(files, folder);
    const job = jobOf(request, folder);
    const paths: Sources = {};
    const file = base && { path: join(folder, 'base', base.path), shown: base.label };
    const sides = await remote.look((access) =>
      identifySides(job, file ?? undefined, paths, join(folder, '.fetched'), access),
    );
    const sources = Object.entries(paths).map(([digest, path]) => {
      const entry = relative(folder, path).replaceAll('\\', '/');
      const [root = ''] = entry.split('/');
      // A model is all files of its side.
      const isIn = (place: Place): boolean =>
        root === 'data'
          ? place.path === entry || place.path.startsWith(`${entry}/`)
          : place.path.startsWith(`${root}/`);
      return [digest, { entry, files: places.filter(isIn) }] as const;
    });
    return {
      schema: 'fettle.execution/1',
      kind: 'compare',
      request: requestKey,
      startedAt,
      job,
      sides,
      sources: Object.fromEntries(sources),
    };
  } catch (error) {
    // The folder is ours; the user knows paths.
    if (error instanceof FettleError)
      for (const root of ['head', 'base', 'data'])
        error.message = error.message.replaceAll(`${folder}/${root}/`, '');
    throw error;
  }
}

/** Each under its own root: the two models usually have one path. */
function placeFiles(
  roots: Readonly<Record<'head' | 'base' | 'data', readonly ComparedBlob[]>>,
  { maxBytes, objects, bucket, blobKey }: OpenComparisonOptions,
): { readonly places: readonly Place[]; readonly files: readonly RemoteFile[] } {
  const blobs = Object.entries(roots).flatMap(([root, own]) =>
    own.map(({ path, ...blob }) => ({
      ...blob,
      path: `${root}/${path}`,
      key: blobKey(blob.digest),
    })),
  );
  const bytes = blobs.reduce((sum, blob) => sum + blob.bytes, 0);
  if (bytes > maxBytes)
    throw new LimitError(
      `the models and their data are ${formatBytes(bytes)} together, and ${formatBytes(maxBytes)} can be taken in`,
    );
  return {
    places: blobs.map(({ key, path }) => ({ bucket, key, path })),
    // Blobs are what their digests say: they were checked when the store took them in.
    files: blobs.map((blob) => remoteObject(blob, objects, blob.path, async () => blob.digest)),
  };
}

/** Sizes go into the report, and not all files are read here. @throws InputError for what is not as large as was said */
async function checkSizes(
  blobs: readonly ComparedBlob[],
  { objects, blobKey }: OpenComparisonOptions,
): Promise<void> {
  const check = async ({ path, digest, bytes }: ComparedBlob): Promise<void> => {
    const found = await objects.head(blobKey(digest));
    if (found?.bytes !== bytes)
      throw new InputError(`${path} has ${found?.bytes ?? 'no'} bytes, and ${bytes} were said`, {
        where: path,
      });
  };
  await atOnce(blobs.map((blob) => () => check(blob)));
}

/** The models as they are, and what is made of them. */
function jobOf({ name, head, config }: ComparisonRequest, folder: string): Job {
  const job = resolveJob({
    name,
    source: join(folder, 'head', head.path),
    folder: join(folder, 'data'),
    settings: { ...config, variants: comparedVariants(config), targets: ['onnx'] },
    where: (key, inner) => (inner === undefined ? key : `${key}.${inner}`),
  });
  refuseForeign(job, folder);
  return { ...job, shownSource: head.label };
}
