import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { artifactPath } from '../../../shared/pipeline/artifact.ts';
import {
  type TrainingSamples,
  withTrainingSamples,
} from '../../../shared/pipeline/training/training-samples.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { npy, writeNpz } from '../../measure/data/numpy-files.ts';
import { TRAINING_DATA } from '../_training-work.ts';
import { digitsWork } from '../digits-work.ts';

afterAll(closeSharedProcess);

const BARE = { path: join(makeTempDir('bare'), 'images.npz') };
writeNpz(
  BARE.path,
  { image: npy([40, 8, 8, 1], new Float32Array(40 * 64)) },
  { compressed: false },
);

async function opened<T>(
  settings: Parameters<typeof digitsWork>[0],
  look: (samples: TrainingSamples) => Promise<T> | T,
  usesLabels = true,
): Promise<T> {
  const { prepared, samples, tools } = await digitsWork({ variants: ['slim-50'], ...settings });
  const own = tools();
  using file = openModel(await artifactPath(prepared.model, own));
  const data = { data: samples.refs, split: samples.split, usesLabels };
  return withTrainingSamples(file.model, data, own, async (open) => look(open));
}

test.each([
  ['is chosen on', {}, true],
  ['is held out where other samples for choices have no labels', { calibration: BARE }, false],
])('a tenth of what trains %s', async (_, more, isJudged) => {
  await opened(
    { data: { ...TRAINING_DATA, ...more } },
    async ({ training, validation, judged, hasLabels }) => {
      expect([training.length, validation.length]).toEqual([461, 51]);
      expect(judged !== undefined).toBe(isJudged);
      expect(hasLabels).toBe(true);
      const seen = new Set(
        await Promise.all(
          Array.from({ length: training.length }, async (_, index) => {
            const { image } = await training.sample(index);
            return `${image?.data}`;
          }),
        ),
      );
      expect(seen.has(`${(await validation.sample(0)).image?.data}`)).toBe(false);
    },
  );
});

test('of one file 70 % trains, and the selection part validates', async () => {
  await opened({ data: { all: { path: 'test.npz' } } }, ({ training, validation, judged }) => {
    expect(training.length).toBe(315);
    expect(judged?.indices).toHaveLength(validation.length);
    expect(training.label(0)).toBeTypeOf('number');
  });
});

test('labels that are not to be used are not there', async () => {
  await opened(
    { data: { ...TRAINING_DATA } },
    ({ hasLabels, training }) => {
      expect(hasLabels).toBe(false);
      expect(training.label(0)).toBeUndefined();
    },
    false,
  );
});

test('without data inputs are drawn: many, and none that are judged', async () => {
  await opened({}, async ({ training, validation, hasLabels }) => {
    expect(training.length).toBeGreaterThan(1000);
    expect(hasLabels).toBe(false);
    const [own, other] = [await training.sample(0), await validation.sample(0)];
    expect(own.image?.data).not.toEqual(other.image?.data);
  });
});

test('data without samples to train on is refused with what to do', async () => {
  const data = { evaluation: { path: 'test.npz' } };
  await expect(opened({ data }, () => undefined)).rejects.toMatchObject({
    exitCode: 2,
    hint: expect.stringContaining('--training FILE'),
  });
});
