/** One package of the functions' `node_modules`. */
import {
  copyFileSync,
  globSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { lockedPackage } from './locked-package.ts';
import type { FunctionPackage } from './packages.ts';

/**
 * Copies or bundles it into `target/node_modules/NAME`; `link`: files of `node_modules` are not copied but linked.
 * @throws Error when one of its patterns matches nothing
 */
export async function copyPackage(
  root: string,
  target: string,
  { name, files = [], bundled }: FunctionPackage,
  { link = false }: { readonly link?: boolean } = {},
): Promise<void> {
  const from = lockedPackage(root, name);
  const to = join(target, 'node_modules', name);
  for (const pattern of ['package.json', ...files]) {
    const found = globSync(pattern, { cwd: from });
    if (found.length === 0)
      throw new Error(`${name} has no ${pattern}: adapt scripts/functions/packages.ts`);
    for (const path of found) {
      mkdirSync(dirname(join(to, path)), { recursive: true });
      if (link) linkOrCopy(join(from, path), join(to, path));
      else copyFileSync(join(from, path), join(to, path));
    }
  }
  if (bundled === undefined) return;
  const bundle = await rolldown({ input: join(from, bundled), platform: 'node' });
  await bundle.write({ file: join(to, bundled), format: 'cjs', minify: true });
  await bundle.close();
  // Linked, it is the installed package's own.
  rmSync(join(to, 'package.json'));
  const { version, license } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  const own = { name, version, license, main: bundled };
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(own, null, 2)}\n`);
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // EXDEV: another file system.
    copyFileSync(from, to);
  }
}
