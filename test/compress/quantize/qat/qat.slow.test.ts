/** The whole way on a narrow net that our trainer made: float, 4 bits without training, 4 bits with it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AREA, type Digits, mnistDigits, samplesOf } from '../../../../bench/_mnist.ts';
import { separableCnn } from '../../../../bench/_separable-cnn.ts';
import { silentLog } from '../../../../shared/base/log.ts';
import { exportQat } from '../../../../shared/compress/quantize/qat/export-qat.ts';
import { planQat } from '../../../../shared/compress/quantize/qat/plan-qat.ts';
import { qatForm, qatTrainable } from '../../../../shared/compress/quantize/qat/qat-form.ts';
import type { QatPlan } from '../../../../shared/compress/quantize/qat/qat-plan.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { optimizeExact } from '../../../../shared/passes/optimize-exact.ts';
import { RuntimeProcess } from '../../../../shared/runtime/runtime-process.ts';
import { openSession } from '../../../../shared/runtime/session.ts';
import { chooseLoss } from '../../../../shared/train/choose-loss.ts';
import type { OptimizerState } from '../../../../shared/train/optimizer-state.ts';
import { trainEpoch } from '../../../../shared/train/train-epoch.ts';

const BATCH = 32;
const child = new RuntimeProcess();
afterAll(() => child.close());

const first = ({ images, labels }: Digits, count: number): Digits => ({
  ...{ count, images: images.subarray(0, count * AREA), labels: labels.subarray(0, count) },
});
const all = mnistDigits();
const samples = samplesOf(first(all.training, 3000));
const test = first(all.test, 1000);

async function train(
  model: Model,
  epochs: number,
  rate: number,
  trainable?: (name: string) => boolean,
): Promise<{ readonly model: Model; readonly losses: readonly number[] }> {
  const wishes = { hasLabels: true, ...(trainable && { trainable }) };
  const { loss } = await chooseLoss(model, samples, wishes);
  let current = model;
  let state: OptimizerState | undefined;
  const losses: number[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const result = await trainEpoch(current, state, samples, {
      ...{ epoch, epochs, rate, loss, batch: BATCH, keepsZeros: false, seed: 1 },
      optimizer: { name: 'adamw' },
      ...(trainable && { trainable }),
    });
    current = result.model;
    state = result.optimizer;
    losses.push(result.loss);
  }
  return { model: current, losses };
}

/** The classes that a model finds. */
async function classesBy(model: Model): Promise<number[]> {
  await using session = await openSession(model, { process: child });
  const { p } = await session.run({
    x: { type: 'float32', dims: [test.count, 1, 28, 28], data: test.images.slice() },
  });
  if (!(p?.data instanceof Float32Array)) throw new Error('no probabilities');
  const { data } = p;
  return Array.from({ length: test.count }, (_, row) => {
    const scores = data.subarray(row * 10, row * 10 + 10);
    return scores.indexOf(Math.max(...scores));
  });
}

const accuracyOf = (classes: readonly number[]): number =>
  classes.filter((one, index) => one === test.labels[index]).length / test.count;

describe('int4-qat of a narrow net', () => {
  let float: Model;
  let plan: QatPlan;
  beforeAll(async () => {
    const trained = await train(separableCnn(1, 8, 2), 5, 8e-3);
    float = (await optimizeExact(trained.model)).model;
    const calibration = { length: 64, sample: samples.sample };
    const context = { hardware: 'x64', calibration, seed: 1, seconds: 0, log: silentLog } as const;
    plan = await planQat(float, { ...context, process: child }, 'int4-qat');
  }, 600_000);

  it('gets back most of what 4 bits lose', async () => {
    const form = qatForm(float, plan);
    const names = qatTrainable(form, plan);
    const { model: trained, losses } = await train(form, 3, 2e-3, (name) => names.has(name));
    const [before, untrained, after] = [
      accuracyOf(await classesBy(float)),
      accuracyOf(await classesBy(await exportQat(form, plan))),
      accuracyOf(await classesBy(await exportQat(trained, plan))),
    ];
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    expect(untrained).toBeLessThan(before - 0.02);
    expect(after).toBeGreaterThan(untrained + 0.5 * (before - untrained));
    // What was trained is what is exported: the same classes, up to sums that round another way.
    const wanted = await classesBy(trained);
    const got = await classesBy(await exportQat(trained, plan));
    const same = got.filter((one, index) => one === wanted[index]).length;
    expect(same).toBeGreaterThan(0.985 * test.count);
  }, 600_000);
});
