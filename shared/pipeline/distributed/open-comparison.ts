/** A comparison becomes a job: its blobs become files again, and everything that is known of them there becomes JSON. */
import { copyFile, link, mkdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { FettleError, LimitError } from '../../base/errors.ts';
import { formatBytes } from '../../report/numbers.ts';
import type { ModelSettings } from '../config/schema.ts';
import type { Sources } from '../data-refs.ts';
import { type Job, resolveJob } from '../job.ts';
import { identifySides } from '../stages/side.ts';
import type { Store } from '../store/store.ts';
import type { ComparedBlob, ComparisonRequest } from './comparison.ts';
import type { CompareExecution, Place } from './execution.ts';
import { type OpenJobOptions, refuseForeign } from './open-job.ts';
import type { Addresses } from './write-orders.ts';

export interface OpenComparisonOptions extends OpenJobOptions {
  readonly store: Store;
  /** The bucket of the store. */
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
    const places = await placeFiles({ head: head.files, base: base?.files ?? [], data }, options);
    const job = jobOf(request, folder);
    const paths: Sources = {};
    const file = base && { path: join(folder, 'base', base.path), shown: base.label };
    const sides = await identifySides(job, file ?? undefined, paths, join(folder, '.fetched'));
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
async function placeFiles(
  roots: Readonly<Record<'head' | 'base' | 'data', readonly ComparedBlob[]>>,
  { folder, maxBytes, store, bucket, blobKey }: OpenComparisonOptions,
): Promise<Place[]> {
  const bytes = Object.values(roots)
    .flat()
    .reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > maxBytes)
    throw new LimitError(
      `the models and their data are ${formatBytes(bytes)} together, and ${formatBytes(maxBytes)} can be taken in`,
    );
  const places: Place[] = [];
  for (const [root, files] of Object.entries(roots)) {
    await mkdir(join(folder, root), { recursive: true });
    for (const { path, digest } of files) {
      const own = `${root}/${path}`;
      await mkdir(dirname(join(folder, own)), { recursive: true });
      await linkOrCopy(await store.pathOf(digest), join(folder, own));
      places.push({ bucket, key: blobKey(digest), path: own });
    }
  }
  return places;
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  // Another file system, or one without links.
  await link(from, to).catch(() => copyFile(from, to));
}

/** The models as they are, and those variants that somebody is judged by. */
function jobOf({ name, head, config }: ComparisonRequest, folder: string): Job {
  const { variants, settings, notes } = judgedBy(config);
  const job = resolveJob({
    name,
    source: join(folder, 'head', head.path),
    folder: join(folder, 'data'),
    settings: { ...settings, variants: ['float32', ...variants], targets: ['onnx'] },
    where: (key, inner) => (inner === undefined ? key : `${key}.${inner}`),
  });
  refuseForeign(job, folder);
  return { ...job, shownSource: head.label, notes: [...job.notes, ...notes] };
}

/** The variant that is shipped, and those with budgets of their own. What `auto` chooses differs from one model to the other. */
export function judgedBy({ ship, budget, budgets, ...rest }: ModelSettings): {
  readonly variants: readonly string[];
  readonly settings: ModelSettings;
  readonly notes: readonly string[];
} {
  const isAuto = ship === 'auto';
  const { auto: ofAuto, ...others } = budgets ?? {};
  const named = new Set([...(ship === undefined || isAuto ? [] : [ship]), ...Object.keys(others)]);
  named.delete('float32');
  return {
    variants: [...named],
    settings: {
      ...rest,
      ...(ship !== undefined && !isAuto && { ship }),
      ...(budget && !isAuto && { budget }),
      ...(Object.keys(others).length > 0 && { budgets: others }),
    },
    notes:
      isAuto || ofAuto
        ? [
            'auto is not compared, as it may choose another variant for each model: ship one by name',
          ]
        : [],
  };
}
