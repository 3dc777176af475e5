import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, expect, test } from 'vitest';
import { createRandom } from '../../shared/base/random.ts';
import type { Model } from '../../shared/onnx/model.ts';
import { encodeModel } from '../../shared/onnx/write-model.ts';
import { RuntimeProcess } from '../../shared/runtime/runtime-process.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { chooseLoss } from '../../shared/train/choose-loss.ts';
import type { OptimizerState } from '../../shared/train/optimizer-state.ts';
import { trainEpoch } from '../../shared/train/train-epoch.ts';
import type { TrainSamples } from '../../shared/train/train-samples.ts';
import { digitNet } from './_nets.ts';

const process = new RuntimeProcess();
afterAll(async () => {
  await process.close();
  await closeSharedProcess();
});

const AREA = 784;
const { resolve } = createRequire(import.meta.url);
const digits = Array.from({ length: 10 }, (_, digit) => {
  const text = readFileSync(resolve(`mnist/src/digits/${digit}.json`), 'utf8');
  const { data }: { data: readonly number[] } = JSON.parse(text);
  return Float32Array.from(data);
});

/** `length` of them from a place on, the classes in turn, as [1, 1, 28, 28]. */
const samplesFrom = (from: number, length: number): TrainSamples => ({
  length,
  sample: async (index) => {
    const start = (from + Math.floor(index / 10)) * AREA;
    const data = digits[index % 10]?.slice(start, start + AREA) ?? new Float32Array();
    return { x: { type: 'float32', dims: [1, 1, 28, 28], data } };
  },
  label: (index) => index % 10,
});
const [training, held] = [samplesFrom(0, 4000), samplesFrom(700, 1000)];

async function right(model: Model): Promise<number> {
  await using session = await openSession(model);
  let count = 0;
  for (let index = 0; index < held.length; index++) {
    const { p } = await session.run(await held.sample(index));
    const scores = Array.from(p?.data ?? [], Number);
    count += Number(scores.indexOf(Math.max(...scores)) === held.label(index));
  }
  return count / held.length;
}

async function trained(teacher?: Model): Promise<{ model: Model; losses: number[] }> {
  let model = digitNet(createRandom(1, 'digits'));
  const { loss } = await chooseLoss(model, training, {
    hasLabels: teacher === undefined,
    ...(teacher && { teacher }),
  });
  let state: OptimizerState | undefined;
  const losses: number[] = [];
  for (let epoch = 1; epoch <= 2; epoch++) {
    const done = await trainEpoch(
      model,
      state,
      training,
      {
        epoch,
        epochs: 2,
        batch: 32,
        rate: 5e-3,
        optimizer: { name: 'adamw' },
        loss,
        keepsZeros: false,
        seed: 1,
        ...(teacher && { teacher }),
      },
      { process },
    );
    ({ model, optimizer: state } = done);
    losses.push(done.loss);
  }
  return { model, losses };
}

test('a net learns digits, twice to the same bytes, and teaches another without labels', async () => {
  const { model, losses } = await trained();
  expect(losses[1]).toBeLessThan((losses[0] ?? 0) / 2);
  expect(await right(model)).toBeGreaterThan(0.94);
  expect(encodeModel((await trained()).model)).toEqual(encodeModel(model));
  const student = await trained(model);
  expect(await right(student.model)).toBeGreaterThan(0.93);
});
