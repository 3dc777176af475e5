/** Conformance models with flipped bits: none is refused that onnxruntime loads, but for three guesses of its own and models without outputs. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FettleError, ModelError } from '../../shared/base/errors.ts';
import { createRandom } from '../../shared/base/random.ts';
import { acceptModel } from '../../shared/onnx/accept-model.ts';
import type { Model } from '../../shared/onnx/model.ts';
import { decodeModel } from '../../shared/onnx/read-model.ts';
import { machineHas } from '../e2e/machine-has.ts';
import { loadForOracle } from './_onnxruntime.ts';

const CONFORMANCE = '/usr/share/libonnx-testdata/data';
/** Larger ones are mostly weights, in which a flipped bit changes no rule. */
const SMALL = 20_000;
const ROUNDS = 20_000;

/** What onnxruntime guesses and we do not; and what computes nothing. */
const GUESSES: readonly RegExp[] = [
  /opset 'ai\.onnx'|its domain 'ai\.onnx' is not imported/,
  /\(Constant\): .*attribute/,
  /is defined twice/,
  /has no outputs/,
];

const hasModels = machineHas(
  existsSync(CONFORMANCE),
  'libonnx-testdata (Debian’s conformance models)',
  'Install it: apt-get install libonnx-testdata',
);

it.skipIf(!hasModels)('what onnxruntime loads is accepted', async () => {
  const models = globSync(`${CONFORMANCE}/**/*.onnx`)
    .sort()
    .map((path) => readFileSync(path))
    .filter(({ length }) => length < SMALL);
  const random = createRandom(1, 'accepted');
  const stricter: string[] = [];
  const counts = { accepted: 0, refused: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = Uint8Array.from(models[random.below(models.length)] ?? []);
    for (let flips = 1 + random.below(2); flips > 0; flips--) {
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
    const model = readable(bytes);
    if (!model) continue;
    const refusal = refusalOf(model);
    counts[refusal === undefined ? 'accepted' : 'refused']++;
    if (refusal === undefined || GUESSES.some((guess) => guess.test(refusal))) continue;
    if (await isLoaded(bytes)) stricter.push(refusal);
  }
  expect(stricter).toEqual([]);
  expect(counts.accepted).toBeGreaterThan(2000);
  expect(counts.refused).toBeGreaterThan(2000);
});

function readable(bytes: Uint8Array): Model | undefined {
  try {
    return decodeModel(bytes);
  } catch (error) {
    if (error instanceof FettleError) return undefined;
    throw error;
  }
}

function refusalOf(model: Model): string | undefined {
  try {
    acceptModel(model);
    return undefined;
  } catch (error) {
    if (error instanceof ModelError) return error.message;
    throw error;
  }
}

async function isLoaded(bytes: Uint8Array): Promise<boolean> {
  try {
    await (await loadForOracle(bytes)).release();
    return true;
  } catch {
    return false;
  }
}
