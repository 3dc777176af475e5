/** What nothing can be learned from is said before anything is taken out of a network or trained. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../shared/base/random.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { type NpySource, npy, writeNpz } from '../measure/data/numpy-files.ts';
import { DIGITS, fettle, makePlace, type Place, REPOSITORY } from './fettle.ts';

let place: Place;
beforeAll(() => {
  place = makePlace();
});
afterAll(async () => {
  await closeSharedProcess();
  place.remove();
});

const TEST = join(REPOSITORY, 'examples/digits/test.npz');

function images(count: number): NpySource {
  const random = createRandom(1);
  return npy(
    [count, 8, 8, 1],
    Float32Array.from({ length: count * 64 }, () => random.float()),
  );
}

const labels = (count: number, of: (index: number) => number): NpySource =>
  npy(
    [count],
    BigInt64Array.from({ length: count }, (_, index) => BigInt(of(index))),
  );

test.each<[string, Record<string, NpySource>, RegExp, RegExp]>([
  [
    'too few samples',
    { image: images(10), y: labels(10, (index) => index) },
    /there are 9 samples to train on, and 16 are the least/,
    /--training/,
  ],
  [
    'a class without a sample',
    { image: images(100), y: labels(100, (index) => index % 9) },
    /no training sample has the label 9/,
    /give samples of every class/,
  ],
  [
    'labels out of range',
    { image: images(100), y: labels(100, (index) => index % 12) },
    /labels/,
    /./,
  ],
  [
    'values that the output has no place for',
    {
      image: images(60),
      y: npy(
        [60, 3],
        Float32Array.from({ length: 180 }, (_, index) => index / 7),
      ),
    },
    /no output fits the labels/,
    /Without labels the source model itself is the teacher/,
  ],
])('%s', async (name, arrays, message, hint) => {
  const path = place.path(`${name.replaceAll(' ', '-')}.npz`);
  writeNpz(path, arrays);
  const outcome = await fettle(
    place,
    ...['optimize', DIGITS, '--training', path, '--evaluation', TEST],
    ...['--variants', 'int8-weights,slim-50', '--seconds', '10ms', '-q'],
  );
  expect(outcome).toMatchObject({ code: 2, stdout: '' });
  expect(outcome.stderr).toMatch(message);
  expect(outcome.stderr).toMatch(hint);
  expect(outcome.stderr).toContain(path);
  for (const step of ['prune-plan', 'train-epoch', 'compress'])
    expect(existsSync(join(place.store, 'steps', step)), step).toBe(false);
});

test.each(['pruned-100', 'slim-0'])('%s leaves nothing, or takes nothing', async (variant) => {
  const outcome = await fettle(place, 'optimize', DIGITS, '--variants', variant);
  expect(outcome).toMatchObject({ code: 2, stdout: '' });
  expect(outcome.stderr).toMatch(/a whole percentage from 1 to 99/);
});

test.each(['teacher', 'student'])('a %s of another shape', async (role) => {
  const fashion = join(REPOSITORY, 'test/fixtures/fashion-cnn/model.onnx');
  const outcome = await fettle(
    place,
    ...['optimize', DIGITS, '--data', TEST, '--variants', 'distilled'],
    ...[`--${role}`, fashion, '--seconds', '10ms', '-q'],
  );
  expect(outcome).toMatchObject({ code: 2, stdout: '' });
  expect(outcome.stderr).toMatch(new RegExp(`the ${role} does not fit the model`));
  expect(outcome.stderr).toContain(fashion);
});
