/** The names inside a zip archive, from its central directory alone: nothing is unpacked. */
import { InputError } from '../base/errors.ts';
import { fileSource, type OpenFile } from '../onnx/byte-source.ts';
import { MAX_ZIP_ENTRIES } from './limits.ts';
import { openZip } from './open-zip.ts';

/** Throws {@link InputError} for an archive that is cut off or broken. */
export async function zipNames(
  path: string,
  open: OpenFile = fileSource,
): Promise<readonly string[]> {
  const source = open(path);
  const names: string[] = [];
  try {
    const archive = await openZip(source);
    for await (const entry of archive.eachEntry()) {
      names.push(entry.fileName);
      if (names.length > MAX_ZIP_ENTRIES) break;
    }
  } catch (error) {
    throw new InputError(`${path} is a zip archive that cannot be read: it is cut off or damaged`, {
      hint: 'Copy or download the file again.',
      cause: error,
    });
  } finally {
    source.close();
  }
  return names;
}
