/** Optional packages: of the user's project, or installed beside Fettle. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Availability } from '../engine.ts';

export interface FoundPackage {
  /** Of its main module. */
  readonly url: string;
  /** Its folder. */
  readonly folder: string;
  readonly version: string;
}

/** Looks in the project at `from` first. `undefined` where the package is in neither place. */
export function findPackage(name: string, from = process.cwd()): FoundPackage | undefined {
  for (const base of [join(from, 'index.js'), import.meta.url]) {
    const main = resolveFrom(base, name);
    const found = main === undefined ? undefined : describe(main, name);
    if (found) return found;
  }
  return undefined;
}

/** What {@link findPackage} finds, as the answer of a reference that needs it. */
export function packageAvailability(name: string, range: string): Availability {
  if (findPackage(name)) return { available: true };
  return {
    available: false,
    reason: `${name} is not installed: npm install --save-dev "${name}@${range}"`,
  };
}

function resolveFrom(base: string, name: string): string | undefined {
  try {
    return createRequire(base).resolve(name);
  } catch {
    return undefined;
  }
}

/** The package that a module belongs to: the nearest package.json above it that has its name. */
function describe(main: string, name: string): FoundPackage | undefined {
  for (let folder = dirname(main); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const json: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      if (typeof json !== 'object' || json === null || !('name' in json) || json.name !== name)
        continue;
      const version = 'version' in json ? String(json.version) : '';
      return { url: pathToFileURL(main).href, folder, version };
    } catch {
      // No package.json here: look further up.
    }
  }
  return undefined;
}
