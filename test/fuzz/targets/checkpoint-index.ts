/** Any bytes as the index of a checkpoint: a clean error, or entries. */
import { FettleError } from '../../../shared/base/errors.ts';
import { readEntry, readHeader } from '../../../shared/formats/saved-model/bundle-entry.ts';
import { sliceKey } from '../../../shared/formats/saved-model/slice.ts';
import { readTable } from '../../../shared/formats/saved-model/sstable.ts';
import { Budget } from '../../../shared/formats/tf/proto/budget.ts';
import { TfReader } from '../../../shared/formats/tf/proto/tf-reader.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';

/** @throws whatever is not an error for the user */
export function fuzz(data: Uint8Array): void {
  try {
    const budget = new Budget('variables.index');
    for (const [key, value] of readTable(memorySource(data))) {
      const reader = (): TfReader => new TfReader(memorySource(value), budget);
      if (key === '') readHeader(reader());
      else for (const slice of readEntry(reader(), key).slices) sliceKey(key, slice);
    }
  } catch (error) {
    if (!(error instanceof FettleError) || error.exitCode === 70) throw error;
  }
}
