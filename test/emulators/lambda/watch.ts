/** Looks at the memory and the temporary folder of every living environment, in one pass over the process table. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { growTree, heldBytes, processTable } from './process-tree.ts';

/** What is watched of one environment. */
export interface Watched {
  readonly members: Set<number>;
  readonly temp: string;
  readonly memoryLimit: number;
  readonly tempLimit: number;
  peakBytes: number;
  peakTempBytes: number;
  /** Ends the environment. */
  exceeded(what: string): void;
}

/** Often enough that a process cannot allocate much beyond its limit unseen; one pass takes about 2 ms. */
const POLL_MS = 50;

/** All environments of this process, whichever emulator they belong to. */
const watched = new Set<Watched>();
let timer: NodeJS.Timeout | undefined;

/** Begins to watch; the function that is returned ends it. */
export function watch(environment: Watched): () => void {
  watched.add(environment);
  timer ??= setInterval(look, POLL_MS).unref();
  return () => {
    watched.delete(environment);
    if (watched.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function look(): void {
  const table = processTable();
  for (const environment of watched) {
    growTree(environment.members, table);
    const bytes = heldBytes(environment.members);
    environment.peakBytes = Math.max(environment.peakBytes, bytes);
    if (bytes > environment.memoryLimit) environment.exceeded('memory');
    else void lookAtFiles(environment);
  }
}

async function lookAtFiles(environment: Watched): Promise<void> {
  const bytes = await folderBytes(environment.temp);
  environment.peakTempBytes = Math.max(environment.peakTempBytes, bytes);
  if (bytes > environment.tempLimit) environment.exceeded('temporary folder');
}

/** Bytes on the disk of all files below a folder; what vanishes meanwhile counts nothing. */
async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return await folderBytes(path);
    const stats = await lstat(path).catch(() => undefined);
    return stats === undefined ? 0 : stats.blocks * 512;
  });
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}
