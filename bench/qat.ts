/**
 * `int4-qat` (weights in 4 bits, activations in 8) on a narrow separable CNN that our trainer made of 4,000 digits: what
 * it gets right of 2,000 others, beside float32 and beside the best form without training. Three seeds, each a
 * net of its own; intervals by a paired bootstrap over the images, the seeds pooled. No node is left in float.
 *
 * Post-training forms: ranges by the search of `int8`, weights to the nearest of the grid with the least squared
 * error, and by GPTQ and descent. The best of them by the test images themselves is taken.
 */
import { silentLog } from '../shared/base/log.ts';
import { exportQat } from '../shared/compress/quantize/qat/export-qat.ts';
import { planQat } from '../shared/compress/quantize/qat/plan-qat.ts';
import { qatForm, qatTrainable } from '../shared/compress/quantize/qat/qat-form.ts';
import { describeQat } from '../shared/compress/quantize/qat/qat-plan.ts';
import type { Model } from '../shared/onnx/model.ts';
import { optimizeExact } from '../shared/passes/optimize-exact.ts';
import { describeMachine } from '../shared/runtime/machine.ts';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';
import { against, bar, percent, type Right, rightOf, shareOf, train } from './_classifiers.ts';
import { mnistDigits, samplesOf } from './_mnist.ts';
import { reconstructedForm } from './_reconstructed-form.ts';
import { separableCnn } from './_separable-cnn.ts';

const SEEDS = [1, 2, 3];
const NET = { width: 4, blocks: 6 };
const IMAGES = 4000;
const FLOAT = { epochs: 8, rate: 8e-3 };
const QAT = { epochs: 6, rate: 3e-3 };
const SEARCH_SECONDS = 20;
const CALIBRATION = 256;
const DAMPINGS = [0.01, 0.3];

const { training, test } = mnistDigits();
const samples = { ...samplesOf(training), length: IMAGES };
const calibration = { length: CALIBRATION, sample: samples.sample };

async function main(): Promise<boolean> {
  const { cpu, features } = await describeMachine();
  console.log(`${cpu}: ${features.join(', ')}`);
  try {
    const all: Right[] = [];
    for (const seed of SEEDS) all.push(await runSeed(seed));
    return judge(all);
  } finally {
    await closeSharedProcess();
  }
}

async function runSeed(seed: number): Promise<Right> {
  const started = performance.now();
  const float = await optimizeExact(
    await train(separableCnn(seed, NET.width, NET.blocks), samples, { ...FLOAT, seed }),
  );
  const model = float.model;
  const right = new Map([['float32', await rightOf(model, test)]]);
  const note = async (name: string, quantized: Model): Promise<void> => {
    right.set(name, await rightOf(quantized, test));
  };
  const context = { hardware: 'x64', calibration, seed, log: silentLog } as const;
  const plan = await planQat(model, { ...context, seconds: SEARCH_SECONDS }, 'int4-qat');
  console.log(describeQat(plan));
  const form = qatForm(model, plan);
  await note('nearest', await exportQat(form, plan));
  for (const damping of DAMPINGS) {
    const rounded = await reconstructedForm(model, form, plan, calibration, damping);
    await note(`GPTQ ${damping}`, await exportQat(rounded, plan));
  }
  const names = qatTrainable(form, plan);
  const trained = await train(form, samples, {
    ...QAT,
    seed,
    trainable: (name) => names.has(name),
  });
  await note('int4-qat', await exportQat(trained, plan));
  const shares = [...right.keys()].map((name) => `${name} ${percent(shareOf([right], name))}`);
  const minutes = (performance.now() - started) / 60_000;
  console.log(`seed ${seed}: ${shares.join('; ')}; ${minutes.toFixed(1)} minutes`);
  return right;
}

function judge(all: readonly Right[]): boolean {
  const names = [...(all[0]?.keys() ?? [])].filter((name) => /^(nearest|GPTQ)/.test(name));
  const best = names.reduce((a, b) => (shareOf(all, b) > shareOf(all, a) ? b : a));
  console.log(`best without training: ${best}, ${percent(shareOf(all, best))}`);
  const loss = against(all, 'float32', best);
  const gain = against(all, best, 'int4-qat');
  const left = against(all, 'float32', 'int4-qat');
  return [
    bar('without training, against float32', loss, '≤ −2 points', loss.difference <= -0.02),
    bar('int4-qat, against that', gain, 'low > 0', gain.low > 0),
    bar('int4-qat, against float32', left, '≥ −0.7 points', left.difference >= -0.007),
  ].every((holds) => holds);
}

if (!(await main())) process.exitCode = 1;
