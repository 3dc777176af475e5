/**
 * The folder of everything that children leave, which goes with this process; and those of processes that
 * were killed (`kill -9`, out of memory) before they could remove theirs.
 */
import { readlinkSync } from 'node:fs';
import { lstat, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCode, explainWriteError, makeTempDir } from '../../base/files.ts';

const PREFIX = 'fettle-work-';
const OWNER_FILE = '.owner.json';
/** Younger ones stay whatever they say: a process number tells little, and nothing is in a hurry. */
const MIN_AGE_MS = 3_600_000;

const ownerSchema = z.object({
  pid: z.int().positive(),
  host: z.string(),
  namespace: z.string(),
});
type Owner = z.infer<typeof ownerSchema>;

/** A fresh one, after what dead processes left was removed. @throws InputError, LimitError */
export async function openWorkFolder(parent = tmpdir()): Promise<string> {
  await removeAbandoned(parent);
  const folder = makeTempDir('work', parent);
  const file = join(folder, OWNER_FILE);
  try {
    await writeFile(file, JSON.stringify(ownOwner()));
  } catch (error) {
    throw explainWriteError(error, file);
  }
  return folder;
}

/** Best effort: what cannot be read or removed is left alone. */
async function removeAbandoned(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(PREFIX))) {
    const folder = join(parent, name);
    if (await isAbandoned(folder))
      await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

/** Ours, old, and of a process of this very system that is gone. Whoever reuses its number keeps it alive. */
async function isAbandoned(folder: string): Promise<boolean> {
  try {
    const file = join(folder, OWNER_FILE);
    const [place, marker] = [await lstat(folder), await lstat(file)];
    const isOwn = process.getuid === undefined || place.uid === process.getuid();
    if (!place.isDirectory() || !marker.isFile() || !isOwn) return false;
    if (Date.now() - marker.mtimeMs < MIN_AGE_MS) return false;
    const owner = ownerSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    const { host, namespace } = ownOwner();
    return owner.host === host && owner.namespace === namespace && !isAlive(owner.pid);
  } catch {
    return false;
  }
}

/** Containers number their processes afresh: a number means something within one namespace only. */
function ownOwner(): Owner {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux.
  }
  return { pid: process.pid, host: hostname(), namespace };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}
