/** The models of a configuration as jobs. */

import { type Job, mergeSettings, resolveJob } from '../job.ts';
import { checkVariants } from '../variants/check-variants.ts';
import type { ConfigFile } from './read-config.ts';
import type { ModelSettings } from './schema.ts';

/** In the order of the file. Mistakes name its lines. @throws InputError, UnsupportedError */
export function jobsOf({ config, folder, where }: ConfigFile): Job[] {
  return Object.entries(config.models).map(([name, { source, ...settings }]) => {
    const { source: _, ...defaults } = config.defaults ?? {};
    const whereOf = (key: keyof ModelSettings): string => {
      const own = Object.hasOwn(settings, key);
      return where(
        own
          ? ['models', name, key]
          : config.defaults && Object.hasOwn(defaults, key)
            ? ['defaults', key]
            : ['models', name],
      );
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
