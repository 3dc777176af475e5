/** The functions' folder for tests and the emulated stack: of the sources as they are now, built once for each state. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findArchitecture } from './architecture.ts';
import { buildFolder } from './build-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, '.cache', 'functions');

/** All that a build reads but for `node_modules`, which the lock stands for. */
const SOURCES = ['functions/**/*', 'shared/**/*', 'scripts/functions/*', 'package*.json'];

/** Folders of former states stay so long: another test run may be using one. Most of each is linked. */
const KEPT_MS = 3_600_000;

let building: Promise<string> | undefined;

/** `LAMBDA_TASK_ROOT` of this machine's architecture. Processes that ask at one time get the same folder. */
export function freshFolder(): Promise<string> {
  building ??= build();
  return building;
}

async function build(): Promise<string> {
  const architecture = findArchitecture(process.arch);
  if (!architecture) throw new Error(`functions run on x64 and arm64, not on ${process.arch}`);
  const target = join(folder, stateOfSources());
  if (existsSync(target)) {
    const now = new Date();
    utimesSync(target, now, now);
    return target;
  }
  const own = `${target}-${process.pid}`;
  await buildFolder(architecture, own, { link: true });
  try {
    renameSync(own, target);
  } catch {
    // Another process was faster, and its folder is in use by now.
    rmSync(own, { recursive: true });
  }
  removeFormer();
  return target;
}

/** Changes when a file is written, added or removed. */
function stateOfSources(): string {
  const hash = createHash('sha256');
  for (const path of globSync(SOURCES, { cwd: root }).toSorted()) {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

function removeFormer(): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = statSync(path);
    if (Date.now() - mtimeMs > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}
