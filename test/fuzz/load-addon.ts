/** Loads the fuzzer's native part, on systems older than it was built for too; see older-glibc.ts. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { forOlderGlibc } from './older-glibc.ts';

/** From now on, a native addon that wants a newer glibc is loaded from a changed copy. */
export function acceptOlderGlibc(): void {
  const { extensions } = createRequire(import.meta.url);
  const loadNative = extensions['.node'];
  extensions['.node'] = (module, filename) => {
    try {
      loadNative(module, filename);
    } catch (error) {
      if (!String(error).includes("version `GLIBC_2.38' not found")) throw error;
      loadCopy(module, filename);
    }
  };
}

function loadCopy(module: NodeJS.Module, filename: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-fuzzer-'));
  try {
    const copy = join(folder, basename(filename));
    writeFileSync(copy, forOlderGlibc(readFileSync(filename)));
    process.dlopen(module, copy);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
