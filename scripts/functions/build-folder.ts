/** One architecture's folder: a Docker context that also runs as it is under Lambda's runtime interface client. */
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Architecture } from './architecture.ts';
import { bundleFunctions } from './bundle.ts';
import { copyPackage } from './copy-package.ts';
import { functionPackages } from './packages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Of `functions/`, for Docker. */
const IMAGE_FILES = ['Dockerfile', 'Dockerfile.gpu', '.dockerignore', 'image'];

/** Where `npm run build:functions` puts it. */
export const builtFolder = ({ name }: Architecture): string =>
  join(root, 'build', 'functions', name);

/** Makes it anew at `target`. `link`: large files are shared with `node_modules`. */
export async function buildFolder(
  architecture: Architecture,
  target: string,
  options: { readonly link?: boolean } = {},
): Promise<void> {
  // Built beside and moved: whoever runs the former one finds all of it or none.
  const partial = `${target}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    const packages = functionPackages(architecture);
    const outside = packages.map(({ name }) => name);
    await bundleFunctions(root, partial, outside);
    for (const each of packages) await copyPackage(root, partial, each, options);
    const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    writeFileSync(
      join(partial, 'package.json'),
      `${JSON.stringify({ name, version, license, private: true, type: 'module' }, null, 2)}\n`,
    );
    for (const file of IMAGE_FILES) {
      cpSync(join(root, 'functions', file), join(partial, file), { recursive: true });
    }
    rmSync(target, { recursive: true, force: true });
    renameSync(partial, target);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
