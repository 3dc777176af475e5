/** Files of SavedModels and frozen graphs with bits flipped and ends cut off, and what becomes of them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FettleError } from '../../../shared/base/errors.ts';
import { createRandom, type Random } from '../../../shared/base/random.ts';
import { readFrozenGraph } from '../../../shared/formats/frozen-graph/read-frozen-graph.ts';
import { readSavedModel } from '../../../shared/formats/saved-model/read-saved-model.ts';
import type { ReadSource } from '../../../shared/formats/source-model.ts';
import { storedByteLength } from '../../../shared/onnx/tensor-data.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';
import { copyOf } from './_models.ts';

/** Models of the fixtures have some kilobytes; a damaged size makes gigabytes of zeros. */
const MAX_WRITTEN = 2 ** 22;

/** Reads, writes and lets go. @throws whatever is not an error for the user */
export async function outcome(read: ReadSource, path: string): Promise<'refused' | 'a model'> {
  try {
    using source = await read(path, { shown: 'model' });
    const weights = [...source.model.graph.initializers.values()];
    const bytes = weights.reduce((sum, tensor) => sum + storedByteLength(tensor), 0);
    // What a few bytes say may be larger than a test should write.
    if (bytes < MAX_WRITTEN) encodeModel(source.model);
    return 'a model';
  } catch (error) {
    if (error instanceof FettleError && error.exitCode !== 70) return 'refused';
    throw error;
  }
}

function flipped(bytes: Uint8Array, random: Random): Uint8Array {
  const damaged = bytes.slice();
  for (let flips = 1 + random.below(3); flips > 0; flips--) {
    const at = random.below(damaged.length);
    damaged[at] = random.below(4) === 0 ? 0xff : (damaged[at] ?? 0) ^ (1 << random.below(8));
  }
  return damaged;
}

export async function damage(
  name: string,
  file: string,
  rounds: number,
  seed: string,
): Promise<Record<string, number>> {
  const read = file === 'graph.pb' ? readFrozenGraph : readSavedModel;
  const folder = copyOf(name, (_, bytes) => bytes);
  const place = join(folder, file);
  const original = new Uint8Array(readFileSync(place));
  const random = createRandom(4, seed);
  const counts = { refused: 0, 'a model': 0 };
  for (let round = 0; round < rounds; round++) {
    const bytes =
      round % 3 === 0
        ? original.subarray(0, random.below(original.length))
        : flipped(original, random);
    writeFileSync(place, bytes);
    counts[await outcome(read, file === 'graph.pb' ? place : folder)]++;
  }
  return counts;
}

/** Models and the file in them that is damaged. */
export const DAMAGED: readonly (readonly [name: string, file: string])[] = [
  ['module_signatures', 'saved_model.pb'],
  ['module_control_flow', 'saved_model.pb'],
  ['tf1_parts', 'saved_model.pb'],
  ['tf1_parts', 'variables/variables.index'],
  ['module_types', 'variables/variables.index'],
  ['module_tables', 'saved_model.pb'],
  ['frozen', 'graph.pb'],
];
