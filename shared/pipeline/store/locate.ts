/** Which folder is the store when nobody says: `FETTLE_STORE`, `store:` of fettle.yml, the user's cache. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export interface StorePlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `store:` of the configuration, already resolved against its folder. */
  readonly configured?: string | undefined;
  readonly platform?: NodeJS.Platform;
}

/** The store's folder. `FETTLE_STORE` wins over the file, so that one run can be kept apart. */
export function storeFolder({ env, configured, platform = process.platform }: StorePlaces): string {
  if (env.FETTLE_STORE) return resolve(env.FETTLE_STORE);
  if (configured) return configured;
  if (platform === 'win32') {
    return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'fettle', 'store');
  }
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'fettle');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fettle');
}
