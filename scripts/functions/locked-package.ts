/** Packages exactly as `package-lock.json` pins them, also those with binaries for other machines than this one. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';

interface Lock {
  readonly packages: Readonly<Record<string, { version?: string; integrity?: string }>>;
}

/** The folder of a package. @throws Error when what is installed is not what the lock says */
export function lockedPackage(root: string, name: string): string {
  const lock: Lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined)
    throw new Error(`${name} is not in package-lock.json: add it with npm install`);
  const installed = join(root, 'node_modules', name);
  if (!existsSync(installed)) return fetched(root, { name, version, integrity });
  const { version: found } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  if (found !== version)
    throw new Error(`${name} ${found} is installed, the lock says ${version}: run npm ci`);
  return installed;
}

/** Packages for other machines: npm installs none of them, and may be asked for the archive. */
function fetched(
  root: string,
  { name, version, integrity }: { name: string; version: string; integrity: string },
): string {
  const folder = join(root, '.cache', 'packages', `${name.replace('/', '+')}-${version}`);
  const unpacked = join(folder, 'package');
  if (existsSync(unpacked)) return unpacked;
  mkdirSync(folder, { recursive: true });
  const listing = execFileSync(
    'npm',
    ['pack', '--json', '--pack-destination', folder, `${name}@${version}`],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [{ filename }] = JSON.parse(listing) as [{ filename: string }];
  const archive = join(folder, filename);
  const digest = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (integrity !== `sha512-${digest}`)
    throw new Error(`${name}@${version} is not what the lock says: sha512-${digest}`);
  const partial = join(folder, 'partial');
  mkdirSync(partial, { recursive: true });
  execFileSync('tar', ['-xzf', archive, '-C', partial]);
  renameSync(join(partial, 'package'), unpacked);
  return unpacked;
}
