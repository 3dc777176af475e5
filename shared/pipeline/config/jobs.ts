/** The models of a configuration as jobs. */

import { type Job, mergeSettings, resolveJob } from '../job.ts';
import { checkVariants } from '../variants/check-variants.ts';
import type { ConfigFile } from './read-config.ts';
import type { ModelSettings } from './schema.ts';

/** In the order of the file. Mistakes name its lines. @throws InputError, UnsupportedError */
export function jobsOf({ config, folder, where }: ConfigFile): Job[] {
  return Object.entries(config.models).map(([name, { source, ...settings }]) => {
    const { source: _, ...defaults } = config.defaults ?? {};
    const whereOf = (key: keyof ModelSettings, inner?: string): string => {
      const says = (layer: ModelSettings): boolean => {
        const value = layer[key];
        if (value === undefined || inner === undefined) return value !== undefined;
        return typeof value === 'object' && Object.hasOwn(value, inner);
      };
      const rest = inner === undefined ? [key] : [key, inner];
      if (says(settings)) return where(['models', name, ...rest]);
      return where(says(defaults) ? ['defaults', ...rest] : ['models', name]);
    };
    const job = resolveJob({
      name,
      source,
      folder,
      settings: mergeSettings(defaults, settings),
      where: whereOf,
    });
    checkVariants(job.variants, whereOf('variants'));
    return job;
  });
}
