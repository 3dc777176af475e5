/** The names inside a zip archive, from its central directory alone: nothing is unpacked. */
import { InputError } from '../base/errors.ts';
import { MAX_ZIP_ENTRIES } from './limits.ts';

/** Throws {@link InputError} for an archive that is cut off or broken. */
export async function zipNames(path: string): Promise<readonly string[]> {
  // Imported here: most models are no archives, and `fettle inspect` should start quickly.
  const { openPromise } = await import('yauzl');
  const names: string[] = [];
  try {
    // Names are only compared, never used as paths.
    const archive = await openPromise(path, {
      lazyEntries: true,
      decodeStrings: true,
      strictFileNames: false,
    });
    for await (const entry of archive.eachEntry()) {
      names.push(entry.fileName);
      if (names.length > MAX_ZIP_ENTRIES) break;
    }
  } catch (error) {
    throw new InputError(`${path} is a zip archive that cannot be read: it is cut off or damaged`, {
      hint: 'Copy or download the file again.',
      cause: error,
    });
  }
  return names;
}
