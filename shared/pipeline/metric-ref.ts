/** A metric between steps: its name, and digests of the files that it reads. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { Digest } from '../base/brand.ts';
import { digestFile, digestJson } from '../base/digest.ts';
import { InputError } from '../base/errors.ts';
import { explainReadError } from '../base/files.ts';
import type { Metric, MetricSpec } from '../measure/metrics/metric.ts';
import { openMetric } from '../measure/metrics/metrics.ts';
import { LOCAL_FILES } from '../onnx/file-access.ts';
import { digestSchema } from './artifact.ts';
import { referToFile, type Sources } from './data-refs.ts';
import { isPathLike } from './job.ts';
import type { Tools } from './step.ts';

export const metricRefSchema = z.object({
  /** Of the written list; absent for a module. */
  name: z.string().optional(),
  /** Of the module and the files of its own that it imports. */
  module: digestSchema.optional(),
  alphabet: digestSchema.optional(),
});
export type MetricRef = z.infer<typeof metricRefSchema>;

/** Takes the digests of the files that a job's metric reads. @throws InputError when one is not there */
export async function referToMetric(
  metric: string,
  alphabet: string | undefined,
  sources: Sources,
  access = LOCAL_FILES,
): Promise<MetricRef> {
  return {
    ...(isPathLike(metric) ? { module: await referToModule(metric, sources) } : { name: metric }),
    ...(alphabet !== undefined && { alphabet: await referToFile(alphabet, sources, access) }),
  };
}

/** More files are no metric but an application, and hold things that change with every call. */
const MAX_MODULE_FILES = 100;

/** What a module imports, exports from or requires by a relative path. */
const RELATIVE_IMPORT = /(?:from|import|require)\s*\(?\s*(['"])(\.{1,2}\/[^'"\n]+)\1/g;

/** A changed helper changes the metric, too. Packages are left out: they change with their versions. */
async function referToModule(path: string, sources: Sources): Promise<Digest> {
  const files = new Map<string, Digest>();
  const queue = [path];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(file)) continue;
    if (files.size === MAX_MODULE_FILES) {
      throw new InputError(`the metric module imports more than ${MAX_MODULE_FILES} files`, {
        where: path,
        hint: 'Move the metric into a small module of its own.',
      });
    }
    const text = await readText(file, file === path);
    // What looks like an import may stand in a comment.
    if (text === undefined) continue;
    files.set(file, await digestFile(file));
    for (const [, , name = ''] of text.matchAll(RELATIVE_IMPORT))
      queue.push(resolve(dirname(file), name));
  }
  const [own, ...helpers] = files.values();
  const digest = own && helpers.length === 0 ? own : digestJson([own, ...helpers.sort()]);
  sources[digest] = path;
  return digest;
}

async function readText(file: string, isNeeded: boolean): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isNeeded) throw explainReadError(error, file);
    return undefined;
  }
}

/** The metric itself. Modules run: a reference to one is only made for files of the user's own disk. */
export async function openMetricRef(ref: MetricRef, tools: Pick<Tools, 'locate'>): Promise<Metric> {
  const spec: MetricSpec = {
    name: ref.module ? await tools.locate(ref.module) : (ref.name ?? 'fidelity'),
    ...(ref.alphabet && { alphabet: await tools.locate(ref.alphabet) }),
  };
  return openMetric(spec, { allowModules: ref.module !== undefined });
}
