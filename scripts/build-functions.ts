/**
 * Builds what the container images of `functions/` are made of: `npm run build:functions [-- x86_64 | arm64 …]`, for
 * this machine's architecture unless told otherwise. `build/functions/ARCHITECTURE` is a Docker context, and runs as it
 * is under Lambda's runtime interface client. Nothing is installed: packages come from `node_modules` as the lock pins
 * them, and those with binaries for another machine from npm, checked against the lock.
 */
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Architecture, findArchitecture } from './functions/architecture.ts';
import { bundleFunctions } from './functions/bundle.ts';
import { copyPackage } from './functions/copy-package.ts';
import { folderBytes } from './functions/folder-bytes.ts';
import { functionPackages } from './functions/packages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** For Docker. */
const IMAGE_FILES = ['Dockerfile', 'Dockerfile.gpu', '.dockerignore', 'image'];

async function build(architecture: Architecture): Promise<string> {
  const target = join(root, 'build', 'functions', architecture.name);
  // Built beside and moved: whoever runs the former one finds all of it or none.
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const packages = functionPackages(architecture);
  await bundleFunctions(
    root,
    partial,
    packages.map(({ name }) => name),
  );
  for (const each of packages) await copyPackage(root, partial, each);
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
  return target;
}

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : [process.arch]) {
  const architecture = findArchitecture(name);
  if (!architecture) {
    console.error(`no architecture ${name}: there are x86_64 and arm64`);
    process.exit(2);
  }
  const target = await build(architecture);
  console.log(`${target}: ${(folderBytes(target) / 1e6).toFixed(1)} MB`);
}
