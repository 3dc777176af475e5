import { expect, it } from 'vitest';
import { ModelError } from '../../../shared/base/errors.ts';
import { createRandom } from '../../../shared/base/random.ts';
import { parseFlexMap } from '../../../shared/formats/tflite/flex-buffer.ts';

/** {"a": -1, "bc": 2.5, "d": true} as the flatbuffers library of Python writes it. */
const MAP = Uint8Array.from(
  '610062630064000308070500040000000100000003000000ffffffff0000204001000000060e6a0f2601'
    .match(/../g)
    ?.map((pair) => Number.parseInt(pair, 16)) ?? [],
);

it('gives numbers and truth values by name', () => {
  expect(Object.fromEntries(parseFlexMap(MAP))).toEqual({ a: -1, bc: 2.5, d: 1 });
});

it('refuses what is no map', () => {
  expect(() => parseFlexMap(new Uint8Array())).toThrow(ModelError);
  expect(() => parseFlexMap(Uint8Array.from([7, 4, 1]))).toThrow('no map');
});

it('ends damaged bytes with a map or a ModelError', () => {
  const random = createRandom(3);
  for (let count = 0; count < 500; count++) {
    const bytes = MAP.slice(0, random.below(4) === 0 ? random.below(MAP.length) : MAP.length);
    for (let flips = random.below(4); flips > 0 && bytes.length > 0; flips--)
      bytes[random.below(bytes.length)] = random.below(256);
    try {
      parseFlexMap(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(ModelError);
    }
  }
});
