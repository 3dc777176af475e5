/** The models of a configuration as jobs. */

import { InputError } from '../../base/errors.ts';
import { suggest } from '../../base/suggest.ts';
import { type Job, mergeSettings, resolveJob } from '../job.ts';
import { checkVariants } from '../variants/check-variants.ts';
import { type Overrides, overrideSettings } from './overrides.ts';
import type { ConfigFile } from './read-config.ts';
import type { ModelSettings } from './schema.ts';

export interface JobsOptions {
  /** One model alone. */
  readonly only?: string | undefined;
  /** Flags, for every model that is chosen. */
  readonly flags?: Overrides;
}

/** In the order of the file. Mistakes name its lines, or the flag. @throws InputError, UnsupportedError */
export function jobsOf(
  { config, path, folder, where }: ConfigFile,
  { only, flags }: JobsOptions = {},
): Job[] {
  if (only !== undefined && !Object.hasOwn(config.models, only)) {
    throw new InputError(`${path} has no model "${only}"`, {
      hint: suggest(only, Object.keys(config.models)),
    });
  }
  const { source: _, ...defaults } = config.defaults ?? {};
  const chosen = Object.entries(config.models).filter(([name]) => name === (only ?? name));
  return chosen.map(([name, { source, ...settings }]) => {
    const whereOf = (key: keyof ModelSettings, inner?: string): string => {
      const says = (layer: ModelSettings): boolean => {
        const value = layer[key];
        if (value === undefined || inner === undefined) return value !== undefined;
        return typeof value === 'object' && Object.hasOwn(value, inner);
      };
      if (flags && says(flags.settings)) return flags.where(key, inner);
      const rest = inner === undefined ? [key] : [key, inner];
      if (says(settings)) return where(['models', name, ...rest]);
      return where(says(defaults) ? ['defaults', ...rest] : ['models', name]);
    };
    const own = mergeSettings(defaults, settings);
    const job = resolveJob({
      name,
      source,
      folder,
      settings: flags ? overrideSettings(own, flags) : own,
      where: whereOf,
    });
    checkVariants(job.variants, whereOf('variants'));
    return job;
  });
}
