/** Fettle's own version: of `package.json`, in a checkout and in the installed package alike. */
import { existsSync, readFileSync } from 'node:fs';
import { DefectError } from './errors.ts';

let version: string | undefined;

/** For example `0.1.0`. */
export function toolVersion(): string {
  version ??= readVersion();
  return version;
}

function readVersion(): string {
  // shared/base in a checkout, dist/shared/base in the package.
  for (const up of ['../../package.json', '../../../package.json']) {
    const path = new URL(up, import.meta.url);
    if (!existsSync(path)) continue;
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (
      typeof content === 'object' &&
      content !== null &&
      'name' in content &&
      content.name === 'fettle'
    ) {
      if ('version' in content && typeof content.version === 'string') return content.version;
    }
  }
  throw new DefectError('the package.json of fettle was not found');
}
