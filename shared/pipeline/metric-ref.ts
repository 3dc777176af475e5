/** A metric between steps: its name, and digests of the files that it reads. */
import { z } from 'zod';
import type { Metric, MetricSpec } from '../measure/metrics/metric.ts';
import { openMetric } from '../measure/metrics/metrics.ts';
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

/** Takes the digests of the files that a job's metric reads. @throws InputError when one is not there */
export async function referToMetric(
  metric: string,
  alphabet: string | undefined,
  sources: Sources,
): Promise<MetricRef> {
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
