/** Damaged and malicious files end in an error that tells the user, or are models: nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FettleError, ModelError } from '../../shared/base/errors.ts';
import { createRandom } from '../../shared/base/random.ts';
import { acceptModel } from '../../shared/onnx/accept-model.ts';
import { decodeModel } from '../../shared/onnx/read-model.ts';
import { type Problem, verifyModel } from '../../shared/onnx/verify.ts';
import { encodeModel } from '../../shared/onnx/write-model.ts';
import { ROOT } from '../architecture/sources.ts';
import { field, nestedGraphs, varint } from './_hostile.ts';

/** Small models that together use every part of the schema; the first inputs of the fuzzer. */
const folder = join(ROOT, 'test/fuzz/corpus/onnx-model');
const SEEDS: readonly (readonly [string, Uint8Array])[] = readdirSync(folder)
  .filter((name) => !/^[0-9a-f]{40}$/.test(name))
  .map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]);

/** Those that keep all rules: most of the others are no models, as they hold every kind of tensor and attribute. */
const VALID = SEEDS.filter(([name]) => name.startsWith('valid-'));

/**
 * What became of the bytes: an error, or a model that still passes when it was written and read. `broken`
 * is what can be read and is no model: only `inspect` shows that.
 * @throws whatever is not an error for the user
 */
function outcome(bytes: Uint8Array): 'refused' | 'broken' | 'a model' {
  const read = unlessRefused(() => decodeModel(bytes));
  if (!read) return 'refused';
  const written = unlessRefused(() => encodeModel(read));
  if (!written) return 'refused';
  const accepted = unlessRefused(() => acceptModel(read));
  if (!accepted) return 'broken';
  const again = acceptModel(decodeModel(encodeModel(accepted.model))).model;
  if (verifyModel(again).some(isGrave)) throw new Error('accepted, and broken all the same');
  return 'a model';
}

/** Functions that nothing calls are not looked at. */
const isGrave = ({ isHarmless, where }: Problem): boolean =>
  !isHarmless && !where.includes('function ');

function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof FettleError && (error.exitCode === 2 || error.exitCode === 3))
      return undefined;
    throw error;
  }
}

it.each(SEEDS)('%s, cut off at every byte', (_name, bytes) => {
  const outcomes = bytes.map((_, length) =>
    outcome(bytes.subarray(0, length)) === 'refused' ? 1 : 0,
  );
  // Between two fields of the model it is one still, without what follows.
  expect(outcomes.filter((refused) => refused === 1).length).toBeGreaterThan(bytes.length * 0.5);
  expect(outcomes[0]).toBe(1);
});

it('20,000 models with flipped bits', () => {
  const random = createRandom(20, 'flips');
  const counts = { refused: 0, broken: 0, 'a model': 0 };
  for (let round = 0; round < 20_000; round++) {
    const seeds = round % 2 === 0 ? SEEDS : VALID;
    const [, original] = seeds[random.below(seeds.length)] as (typeof SEEDS)[number];
    const bytes = original.slice();
    for (let flips = 1 + random.below(3); flips > 0; flips--) {
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
    counts[outcome(bytes)]++;
  }
  expect(counts.refused).toBeGreaterThan(2000);
  expect(counts.broken).toBeGreaterThan(1000);
  expect(counts['a model']).toBeGreaterThan(2000);
});

it('5,000 models with bytes put in, taken out or made extreme', () => {
  const random = createRandom(21, 'edits');
  for (let round = 0; round < 5000; round++) {
    const [, original] = SEEDS[random.below(SEEDS.length)] as (typeof SEEDS)[number];
    const at = random.below(original.length);
    const removed = random.below(4);
    const added = Array.from({ length: random.below(12) }, () =>
      random.below(3) === 0 ? 0xff : random.below(256),
    );
    outcome(
      Uint8Array.from([
        ...original.subarray(0, at),
        ...added,
        ...original.subarray(Math.min(original.length, at + removed)),
      ]),
    );
  }
});

describe('nesting', () => {
  it('of 100,000 graphs', () => {
    const deep = field(7, nestedGraphs(100_000));
    expect(() => decodeModel(deep)).toThrow('nested more than');
    expect(() => decodeModel(deep)).toThrow(ModelError);
  });

  it('of 100,000 types', () => {
    const heads: number[][] = [];
    let length = 0;
    for (let level = 0; level < 200_000; level++) {
      const head = [level % 2 === 0 ? 0x0a : 0x22, ...varint(length)];
      heads.push(head);
      length += head.length;
    }
    const type = Uint8Array.from(heads.toReversed().flat());
    expect(() => decodeModel(field(7, field(11, field(2, type))))).toThrow('nested more than');
  });
});

describe('lengths', () => {
  it.each([5, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53 - 1, 2 ** 56])(
    '%s bytes that are not there',
    (length) => {
      for (const key of [0x12, 0x3a, 0xa2])
        expect(() =>
          decodeModel(
            Uint8Array.from([8, 8, key, ...(key > 127 ? [1] : []), ...varint(length), 0]),
          ),
        ).toThrow(ModelError);
    },
  );

  it('of a message inside another one', () => {
    const graph = [0x3a, 4, 0x12, 0x7f, 97, 98];
    expect(() => decodeModel(Uint8Array.from(graph))).toThrow('wants 127 bytes where 2 are left');
  });
});
