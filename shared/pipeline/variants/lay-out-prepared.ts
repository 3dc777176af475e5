/** The layout of a model's exactly optimized form, out of its header and a few bytes of its weights. */
import { dirname, join } from 'node:path';
import { planFiles } from '../../onnx/file-plan.ts';
import { printOf } from '../../onnx/file-print.ts';
import {
  type FileWindow,
  mergeWindows,
  type Payload,
  payloadsOf,
  readsOf,
} from '../../onnx/file-windows.ts';
import type { Model } from '../../onnx/model.ts';
import { openModel } from '../../onnx/read-model.ts';
import { placeBeside, writeReferring } from '../../onnx/write-referring.ts';
import { COMPARED_END_BYTES } from '../../passes/merge-duplicate-initializers.ts';
import { artifactPath } from '../artifact.ts';
import { prepareModel } from '../prepare-model.ts';
import type { Tools } from '../step.ts';
import type { PrepareLayout, PrepareLayoutInput } from '../steps/prepare-layout.ts';
import {
  DATA_LOCATION,
  type FileLayout,
  layOutFile,
  type PartReads,
  rangesOf,
} from './weight-parts.ts';

/** Constants up to here are read whole: rewrites look at none with more elements than a channel vector has. */
const LOOKED_AT_BYTES = 1 << 20;

/** Of all of them together, the smallest first: a function fetches them in seconds. */
const LOOKED_AT_TOGETHER = 256e6;

/** Weights that rewrites change are computed by the layout, up to so many bytes: the draft holds them. */
const CHANGED_BYTES = 1_000_000_000;

/** A function fetches so many small ranges in a minute or two. */
const MAX_RANGES = 10_000;

/** The ranges of the files beside a model that an exact optimization may look at; `undefined` where they are too many. */
export function looksOf(model: Model): PartReads | undefined {
  const ranges = new Map<string, FileWindow[]>();
  const places = payloadsOf(planFiles(model, DATA_LOCATION, 'never').model)
    .flatMap(({ tensor }) => placeBeside(tensor) ?? [])
    .toSorted((a, b) => a.length - b.length);
  let together = 0;
  for (const { location, offset, length } of places) {
    const known = ranges.get(location) ?? [];
    ranges.set(location, known);
    together += length;
    if (length <= LOOKED_AT_BYTES && together <= LOOKED_AT_TOGETHER) known.push({ offset, length });
    else {
      const end = Math.min(COMPARED_END_BYTES, length);
      known.push({ offset, length: end }, { offset: offset + length - end, length: end });
    }
  }
  return asReads(ranges);
}

function asReads(ranges: ReadonlyMap<string, readonly FileWindow[]>): PartReads | undefined {
  const reads = [...ranges].map(([location, all]) => ({ location, ranges: mergeWindows(all) }));
  const count = reads.reduce((sum, one) => sum + one.ranges.length, 0);
  return count > MAX_RANGES ? undefined : reads;
}

/** @throws NotAnnounced when a rewrite looks at more weights, LimitError when the draft would be too large */
export async function layOutPrepared(
  { source, opset, reads, parts }: PrepareLayoutInput,
  tools: Tools,
): Promise<PrepareLayout> {
  const { external = [] } = source;
  const readable = new Map(external.map(({ location }) => [location, rangesOf(reads, location)]));
  const given = await artifactPath(source, tools);
  using opened = openModel(given, { readable });
  const { model, facts } = await prepareModel(opened.model, opset);
  const plan = planFiles(model, DATA_LOCATION);
  const files = [plan.model, ...(plan.data ? [plan.data] : [])];
  const more = readsOfChanged(files.flatMap(payloadsOf), reads);
  if (more === undefined) return { status: 'whole', reason: 'large weights change' };
  if (more.length > 0) return { status: 'more', reads: more };

  const path = join(tools.tempDir, 'draft.onnx');
  writeReferring(model, path);
  const draft = await tools.store.putFile(path);
  // What parts are made of: if it read otherwise, other files would come of it.
  const beside = new Map(
    external.map(({ location, digest }) => [digest, join(dirname(given), location)]),
  );
  const draftPath = await artifactPath(
    { digest: draft, suffix: '.onnx', external },
    {
      tempDir: join(tools.tempDir, 'again'),
      locate: async (digest) => beside.get(digest) ?? tools.store.pathOf(digest),
    },
  );
  using reopened = openModel(draftPath, { readable });
  const second = planFiles(reopened.model, DATA_LOCATION);
  const named = [
    ['model', plan.model, second.model],
    ['data', plan.data, second.data],
  ] as const;
  const layouts: FileLayout[] = [];
  for (const [name, file, written] of named) {
    if (!file && !written) continue;
    const isSame =
      file?.bytes === written?.bytes && file && written && printOf(file) === printOf(written);
    const layout = isSame ? layOutFile(name, written, parts) : undefined;
    if (!layout) return { status: 'whole', reason: 'it is not written without its weights' };
    layouts.push(layout);
  }
  return { status: 'laid-out', files: layouts, draft, prepared: facts };
}

/** What has to be read besides to compute changed weights; `undefined` where that is too much, or nobody knows. */
function readsOfChanged(payloads: readonly Payload[], reads: PartReads): PartReads | undefined {
  const changed = payloads.filter(({ tensor }) => tensor.storage.kind === 'computed');
  const needed = new Map<string, FileWindow[]>();
  let bytes = 0;
  for (const payload of changed) {
    const { offset, length } = payload;
    const own = readsOf([payload], { offset, length });
    bytes += length;
    if (!own || bytes > CHANGED_BYTES) return undefined;
    for (const [location, ranges] of own)
      needed.set(location, [...(needed.get(location) ?? []), ...ranges]);
  }
  const isThere = (location: string, { offset, length }: FileWindow): boolean =>
    rangesOf(reads, location).some(
      (range) => range.offset <= offset && offset + length <= range.offset + range.length,
    );
  const isAllThere = [...needed].every(([location, ranges]) =>
    ranges.every((range) => isThere(location, range)),
  );
  if (isAllThere) return [];
  for (const { location, ranges } of reads)
    needed.set(location, [...(needed.get(location) ?? []), ...ranges]);
  return asReads(needed);
}
