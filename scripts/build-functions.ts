/**
 * Builds what the container images of `functions/` are made of: `npm run build:functions [-- x86_64 | arm64 …]`, for
 * this machine's architecture unless told otherwise. Nothing is installed: packages come from `node_modules` as the
 * lock pins them, and those with binaries for another machine from npm, checked against the lock.
 */
import { findArchitecture } from './functions/architecture.ts';
import { buildFolder, builtFolder } from './functions/build-folder.ts';
import { folderBytes } from './functions/folder-bytes.ts';

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : [process.arch]) {
  const architecture = findArchitecture(name);
  if (!architecture) {
    console.error(`no architecture ${name}: there are x86_64 and arm64`);
    process.exit(2);
  }
  const target = builtFolder(architecture);
  await buildFolder(architecture, target);
  console.log(`${target}: ${(folderBytes(target) / 1e6).toFixed(1)} MB`);
}
