import { describe, expect, it } from 'vitest';
import { DefectError, FettleError } from '../../../shared/base/errors.ts';
import { createRandom, type Random } from '../../../shared/base/random.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';
import { caseOf } from './_compare.ts';
import { converted, fileOf, tfliteCases } from './_run.ts';

const FILES = [...tfliteCases('builtins'), ...tfliteCases('handmade')].map(fileOf);

const EACH = 200;

/** Numbers that are offsets, counts and types at their ends. */
const ODD = [0, -1, 1, 2, 16, 1 << 20, 2 ** 31 - 1, -(2 ** 31)];

type Damage = (file: Uint8Array, random: Random) => Uint8Array;

const DAMAGES: Readonly<Record<string, Damage>> = {
  'cut off': (file, random) => file.slice(0, random.below(file.length)),
  'a bit turned': (file, random) => {
    const at = random.below(file.length);
    file[at] = (file[at] ?? 0) ^ (1 << random.below(8));
    return file;
  },
  'bits turned': (file, random) => {
    for (let count = random.below(12) + 1; count > 0; count--) {
      const at = random.below(file.length);
      file[at] = (file[at] ?? 0) ^ (1 << random.below(8));
    }
    return file;
  },
  'words replaced': (file, random) => {
    const view = new DataView(file.buffer);
    for (let count = random.below(4) + 1; count > 0; count--) {
      const word = ODD[random.below(ODD.length)] ?? random.below(file.length);
      view.setInt32(4 * random.below(Math.floor(file.length / 4)), word, true);
    }
    return file;
  },
};

/** Reads it and writes it as ONNX: gives what it ended with. */
function outcomeOf(file: Uint8Array): unknown {
  try {
    encodeModel(converted(file));
    return undefined;
  } catch (error) {
    return error;
  }
}

const isClean = (outcome: unknown): boolean =>
  outcome === undefined || (outcome instanceof FettleError && !(outcome instanceof DefectError));

describe('damaged files end with a model or a clean error', () => {
  it.each(Object.entries(DAMAGES))('%s', (name, damage) => {
    const random = createRandom(11, name);
    const outcomes: unknown[] = [];
    for (let count = 0; count < EACH; count++) {
      const file = FILES[random.below(FILES.length)]?.slice() ?? new Uint8Array();
      outcomes.push(outcomeOf(damage(file, random)));
    }
    expect(outcomes.filter((outcome) => !isClean(outcome))).toEqual([]);
    // Some of it is noticed, else the damage is none.
    expect(outcomes.filter((outcome) => outcome !== undefined).length).toBeGreaterThan(EACH / 10);
  });
});

describe('files that are none', () => {
  it('say so', () => {
    expect(() => converted(new Uint8Array())).toThrow('no TFLite file');
    expect(() => converted(new Uint8Array(64))).toThrow('no TFLite file');
    expect(() => converted(fileOf(caseOf('abs')).subarray(0, 40))).toThrow('is broken');
  });
});
