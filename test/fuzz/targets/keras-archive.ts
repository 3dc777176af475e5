/** Any bytes as a .keras file: a clean error, or a model that can be written. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FettleError } from '../../../shared/base/errors.ts';
import { readKeras } from '../../../shared/formats/keras/read-keras.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';

const path = join(mkdtempSync(join(tmpdir(), 'fettle-fuzz-keras-')), 'm.keras');

/** @throws whatever is not an error for the user */
export async function fuzz(data: Uint8Array): Promise<void> {
  writeFileSync(path, data);
  try {
    using source = await readKeras(path, { shown: 'm.keras' });
    encodeModel(source.model);
  } catch (error) {
    if (!(error instanceof FettleError) || error.exitCode === 70) throw error;
  }
}
