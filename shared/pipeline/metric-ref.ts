/** A metric between steps: its name, and digests of the files that it reads. */
import { z } from 'zod';
import { InputError } from '../base/errors.ts';
import { suggest } from '../base/suggest.ts';
import type { Metric, MetricSpec } from '../measure/metrics/metric.ts';
import { METRIC_NAMES, openMetric } from '../measure/metrics/metrics.ts';
import { digestSchema } from './artifact.ts';
import { referToFile, type Sources } from './data-refs.ts';
import { isPathLike } from './job.ts';
import type { Tools } from './step.ts';

export const metricRefSchema = z.object({
  /** Of the written list; absent for a module. */
  name: z.string().optional(),
  module: digestSchema.optional(),
  alphabet: digestSchema.optional(),
});
export type MetricRef = z.infer<typeof metricRefSchema>;

/** Checks the name and takes the digests of the files. @throws InputError */
export async function referToMetric(
  metric: string,
  alphabet: string | undefined,
  sources: Sources,
): Promise<MetricRef> {
  if (!isPathLike(metric) && !METRIC_NAMES.includes(metric)) {
    throw new InputError(`unknown metric "${metric}"`, {
      where: '--metric',
      hint: suggest(metric, METRIC_NAMES),
    });
  }
  return {
    ...(isPathLike(metric) ? { module: await referToFile(metric, sources) } : { name: metric }),
    ...(alphabet !== undefined && { alphabet: await referToFile(alphabet, sources) }),
  };
}

/** The metric itself. Modules run: a reference to one is only made for files of the user's own disk. */
export async function openMetricRef(ref: MetricRef, tools: Pick<Tools, 'locate'>): Promise<Metric> {
  const spec: MetricSpec = {
    name: ref.module ? await tools.locate(ref.module) : (ref.name ?? 'fidelity'),
    ...(ref.alphabet && { alphabet: await tools.locate(ref.alphabet) }),
  };
  return openMetric(spec, { allowModules: ref.module !== undefined });
}
