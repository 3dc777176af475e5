/** The models of `fettle.yml` of a commit: paths from the repository's root, and a mistake in one is that one's. */
import { relative, resolve } from 'node:path';
import { InputError } from '../../shared/base/errors.ts';
import { isAddress } from '../../shared/measure/data/spec.ts';
import { jobsOf } from '../../shared/pipeline/config/jobs.ts';
import { type ConfigFile, parseConfig } from '../../shared/pipeline/config/read-config.ts';
import type { ModelSettings } from '../../shared/pipeline/config/schema.ts';
import { isPathLike, type Job, mergeSettings } from '../../shared/pipeline/job.ts';
import type { Problem } from '../outcome.ts';
import { splitWhere, toProblem } from '../problem.ts';

export interface ConfiguredModel {
  readonly name: string;
  /** Of the file or folder, from the repository's root. */
  readonly source: string;
  readonly settings: ModelSettings;
  /** The folder of the configuration. */
  readonly folder: string;
  /** `fettle.yml:12`: the budget, else the model's key. */
  readonly where: string;
  readonly configLine?: number;
  /** Files and folders that the settings name, each with the place where. */
  readonly data: readonly { readonly path: string; readonly where: string }[];
  /** A metric that is a module. */
  readonly module?: string;
}

export interface Configuration {
  readonly models: readonly ConfiguredModel[];
  readonly problems: readonly Problem[];
}

/** Paths are resolved from a root that is only a name: nothing of a commit is on this disk. */
const ROOT = resolve('.');

/** `path`: of the configuration, from the repository's root. What is wrong is among the problems, with its line. */
export function readConfiguration(text: string, path: string): Configuration {
  let file: ConfigFile;
  try {
    file = parseConfig(text, path);
  } catch (error) {
    return { models: [], problems: [toProblem(error)] };
  }
  const models: ConfiguredModel[] = [];
  const problems: Problem[] = [];
  for (const name of Object.keys(file.config.models))
    try {
      models.push(configuredModel(name, file));
    } catch (error) {
      problems.push(toProblem(error));
    }
  return { models, problems };
}

function configuredModel(name: string, file: ConfigFile): ConfiguredModel {
  const { defaults = {}, models } = file.config;
  const [job] = jobsOf(file, { only: name });
  if (!job) throw new InputError(`there is no model "${name}"`);
  const { source: _, ...own } = models[name] ?? { source: '' };
  const { source: __, ...shared } = defaults;
  const at = (...path: string[]): string => file.where(['models', name, ...path]);
  const inside = (absolute: string, ...path: string[]): string => {
    const found = relative(ROOT, absolute).replaceAll('\\', '/');
    if (found !== '..' && !found.startsWith('../')) return found;
    throw new InputError(`"${found}" leads out of the repository`, { where: at(...path) });
  };
  const budget = own.budget ? ['budget'] : own.budgets ? ['budgets'] : [];
  const { line } = splitWhere(at(...budget));
  const { metric } = job.data;
  return {
    name,
    source: inside(job.source, 'source'),
    settings: mergeSettings(shared, own),
    folder: inside(file.folder),
    where: at(...budget),
    ...(line !== undefined && { configLine: line }),
    data: dataPaths(job).map(([path, key]) => ({
      path: inside(path, 'data', key),
      where: at('data', key),
    })),
    ...(metric !== undefined && isPathLike(metric) && { module: inside(metric, 'data', 'metric') }),
  };
}

/** Absolute, with the key in `data`; what is fetched from an address is not of the repository. */
function dataPaths({ data }: Job): [path: string, key: string][] {
  const { metric: _, alphabet, ...specs } = data;
  const paths: [string, string][] = alphabet === undefined ? [] : [[alphabet, 'alphabet']];
  for (const [part, spec] of Object.entries(specs)) {
    paths.push([spec.path, part]);
    if (spec.labels !== undefined) paths.push([spec.labels, part]);
  }
  return paths.filter(([path]) => !isAddress(path));
}
