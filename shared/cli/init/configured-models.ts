/** What a folder's own configuration names already. */
import { basename, resolve } from 'node:path';
import { FettleError } from '../../base/errors.ts';
import { findConfig, readConfig } from '../../pipeline/config/read-config.ts';

export interface ConfiguredModels {
  /** The configuration's file name; without one, of the one to write. */
  readonly name: string;
  /** Absolute paths; absent without a configuration that can be read: `fettle run` says what is wrong with it. */
  readonly sources?: ReadonlySet<string>;
}

/** Looks for a configuration in `folder`, and into it. */
export async function configuredModels(folder: string): Promise<ConfiguredModels> {
  const path = findConfig(folder);
  if (path === undefined) return { name: 'fettle.yml' };
  const name = basename(path);
  try {
    const { config } = await readConfig(path);
    const sources = Object.values(config.models).map(({ source }) => resolve(folder, source));
    return { name, sources: new Set(sources) };
  } catch (error) {
    if (error instanceof FettleError) return { name };
    throw error;
  }
}
