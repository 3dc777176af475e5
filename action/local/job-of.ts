/** A model of the order as a job, with what a pull request may not do refused. */
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { InputError } from '../../shared/base/errors.ts';
import { isAddress } from '../../shared/measure/data/spec.ts';
import { comparedVariants } from '../../shared/pipeline/compared-variants.ts';
import type { ModelSettings } from '../../shared/pipeline/config/schema.ts';
import { isPathLike, type Job, resolveJob } from '../../shared/pipeline/job.ts';
import { pairModel } from '../../shared/pipeline/project/pair-data.ts';
import type { ComparedModel, Order } from './order.ts';

/** For a stranger's model, where the settings have no limit of their own: of one model, with all of its variants. */
const STRANGER = { timeout: 900, memoryBytes: 8e9 };

type Roots = Pick<Order, 'headRoot' | 'baseRoot' | 'isTrusted'>;

/** @throws InputError: what is wrong with the settings, or may not be read from a pull request */
export async function jobOf(model: ComparedModel, roots: Roots): Promise<Job> {
  const { name, source, settings, where } = model;
  const { headRoot } = roots;
  const { data, notes } = settings.data
    ? { data: settings.data, notes: [] }
    : await pairedData(model, headRoot);
  const folder = join(headRoot, model.folder);
  const job = resolveJob({
    name,
    source: join(headRoot, source),
    folder,
    settings: {
      ...settings,
      variants: comparedVariants(settings),
      targets: ['onnx'],
      ...(data && { data }),
    },
    where: () => where,
  });
  const confined = confine(job, roots, where);
  return {
    ...(roots.isTrusted ? {} : STRANGER),
    ...confined,
    shownSource: source,
    notes: [...job.notes, ...notes],
  };
}

/** Data that lie by the model, if the model takes them. */
async function pairedData(
  { source, candidates }: ComparedModel,
  headRoot: string,
): Promise<{ readonly data: ModelSettings['data']; readonly notes: readonly string[] }> {
  if (candidates.length === 0) return { data: undefined, notes: [] };
  const { data, unfit } = await pairModel(source, [...candidates], headRoot);
  const roles = Object.entries(data).map(([role, path]) => [role, { path: join(headRoot, path) }]);
  return {
    data: Object.fromEntries(roles),
    notes: unfit ? [`${unfit.path} was not used: ${unfit.reason}`] : [],
  };
}

/** Files from inside of the repository, and code from the branch that it goes to. */
function confine(job: Job, { headRoot, baseRoot, isTrusted }: Roots, where: string): Job {
  const { metric, alphabet, all, calibration, evaluation, training } = job.data;
  const files = [all, calibration, evaluation, training].flatMap((spec) =>
    spec ? [spec.path, spec.labels] : [],
  );
  for (const path of [job.source, ...files, alphabet])
    if (path !== undefined && !isAddress(path) && !isInside(headRoot, path))
      throw new InputError(`${relative(headRoot, path)} lies outside of the repository`, { where });
  if (metric === undefined || !isPathLike(metric)) return job;
  const path = relative(headRoot, metric);
  if (!isTrusted)
    throw new InputError(`the metric module ${path} is not run for this pull request`, {
      where,
      hint: 'Modules are code: for forks only built-in metrics are computed.',
    });
  const trusted = resolve(baseRoot, path);
  if (!isInside(baseRoot, trusted) || !existsSync(trusted))
    throw new InputError(`the metric module ${path} is not on the branch that this goes to`, {
      where,
      hint: 'Only what was merged is run: add the module in a pull request of its own.',
    });
  return { ...job, data: { ...job.data, metric: trusted } };
}

const isInside = (root: string, path: string): boolean => {
  const way = relative(root, path);
  return way !== '' && !way.startsWith('..') && !/^(?:[a-z]:|[\\/])/i.test(way);
};
