/**
 * How fast weights are trained: the small CNN of `_small-cnn.ts`, 64 samples a step, Adam, one thread, beside tfjs on the
 * CPU and PyTorch; and what MobileNetV2 takes of memory at 96², 16 samples a step, all processes together. With
 * `FETTLE_PEERS_PYTHON` (see peers/training_speed.py) PyTorch is measured in turn with ours, and must not be faster; without
 * it the figure that was measured once is printed beside.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../shared/base/random.ts';
import { RuntimeProcess } from '../shared/runtime/runtime-process.ts';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';
import { trainEpoch } from '../shared/train/train-epoch.ts';
import { trainingForm } from '../shared/train/training-form.ts';
import { mobileNetV2 } from './_mobilenet-v2.ts';
import { smallCnn } from './_small-cnn.ts';
import { runWhole } from './_whole-process.ts';

const BATCH = 64;
/** Steps of one of our turns, and of one of tfjs, which takes ten seconds for each. */
const STEPS = 150;
const TFJS_STEPS = 1;
/** Turns of each; the median counts, because the machine is not ours alone. */
const ROUNDS = 3;

/** Samples a second of PyTorch 2.12 on two cores without VNNI, one thread. */
const KNOWN_PYTORCH = 3190;

const TFJS_BAR = 500;
const PYTORCH_BAR = 1;
/** MB. */
const MEMORY_BAR = 3000;

const SIZE = 28 * 28;
const random = createRandom(1, 'images');
const pixels = Float32Array.from({ length: BATCH * SIZE }, () => random.float());

/** Samples a second, while steps are made: a session is opened once for many. */
async function ours(process: RuntimeProcess): Promise<number> {
  const model = await trainingForm(smallCnn());
  let speed = Number.NaN;
  await trainEpoch(
    model,
    undefined,
    {
      length: BATCH * STEPS,
      sample: async (index) => {
        const at = (index % BATCH) * SIZE;
        const data = pixels.subarray(at, at + SIZE);
        return { x: { type: 'float32', dims: [1, 1, 28, 28], data } };
      },
      label: (index) => index % 10,
    },
    {
      epoch: 1,
      epochs: 1,
      batch: BATCH,
      rate: 1e-3,
      optimizer: { name: 'adam' },
      loss: { kind: 'classes', output: 'p', form: 'numbers', scale: 'logits', axis: -1 },
      keepsZeros: false,
      seed: 1,
    },
    {
      process,
      progress: ({ samplesPerSecond }) => {
        speed = samplesPerSecond;
      },
    },
  );
  return speed;
}

/** The same net, as Keras spells it. */
async function makeTfjs(): Promise<() => Promise<number>> {
  const tf = await import('@tensorflow/tfjs');
  await tf.setBackend('cpu');
  const conv = (filters: number) =>
    tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu' });
  const input = tf.input({ shape: [28, 28, 1] });
  const first = tf.layers.maxPooling2d({ poolSize: 2 }).apply(conv(16).apply(input));
  const second = tf.layers.maxPooling2d({ poolSize: 2 }).apply(conv(32).apply(first));
  const flat = tf.layers.flatten().apply(second);
  const output = tf.layers.dense({ units: 10, activation: 'softmax' }).apply(flat);
  const model = tf.model({ inputs: input, outputs: output as typeof input });
  model.compile({ optimizer: tf.train.adam(1e-3), loss: 'sparseCategoricalCrossentropy' });
  const x = tf.tensor4d(pixels, [BATCH, 28, 28, 1]);
  const y = tf.tensor1d(Float32Array.from({ length: BATCH }, (_, index) => index % 10));
  return async () => {
    const started = performance.now();
    for (let step = 0; step < TFJS_STEPS; step++) await model.trainOnBatch(x, y);
    return (TFJS_STEPS * BATCH * 1000) / (performance.now() - started);
  };
}

function pytorch(): number {
  const python = process.env.FETTLE_PEERS_PYTHON;
  if (!python) return KNOWN_PYTORCH;
  const script = fileURLToPath(new URL('peers/training_speed.py', import.meta.url));
  return Number(JSON.parse(execFileSync(python, [script], { encoding: 'utf8' })).samplesPerSecond);
}

/** MB, if all processes had their peaks at one time. */
async function memory(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  try {
    await mobileNetV2(join(folder, 'mobilenet-v2.onnx'));
    const script = fileURLToPath(new URL('_train-mobilenet.ts', import.meta.url));
    const { code, stderr, together } = await runWhole(process.execPath, script, folder);
    if (code !== 0) throw new Error(stderr);
    return together;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function main(): Promise<boolean> {
  const speeds = { ours: [] as number[], tfjs: [] as number[], pytorch: [] as number[] };
  await using child = new RuntimeProcess();
  const tfjs = await makeTfjs();
  for (let round = 0; round < ROUNDS; round++) {
    speeds.ours.push(await ours(child));
    speeds.tfjs.push(await tfjs());
    speeds.pytorch.push(pytorch());
  }
  const [own, slow, peer] = [median(speeds.ours), median(speeds.tfjs), median(speeds.pytorch)];
  const peers = process.env.FETTLE_PEERS_PYTHON ? 'measured in turn' : 'measured once, elsewhere';
  console.log(`small CNN, ${BATCH} samples a step, one thread, median of ${ROUNDS} turns:`);
  console.log(
    `  ${own.toFixed(0)} samples/s, tfjs ${slow.toFixed(1)}, PyTorch ${peer.toFixed(0)} (${peers})`,
  );
  const megabytes = await memory();
  const bars = [
    ['times tfjs-cpu', own / slow, TFJS_BAR, '≥'],
    // A figure of a quiet machine says nothing about this one now.
    ...(process.env.FETTLE_PEERS_PYTHON
      ? [['times PyTorch', own / peer, PYTORCH_BAR, '≥'] as const]
      : []),
    ['MB of MobileNetV2', megabytes, MEMORY_BAR, '<'],
  ] as const;
  let holds = true;
  for (const [what, value, bar, sign] of bars) {
    const isKept = sign === '≥' ? value >= bar : value < bar;
    holds &&= isKept;
    console.log(
      `  ${what.padEnd(18)} ${value.toFixed(2).padStart(9)}  bar ${sign} ${bar}  ${isKept ? 'holds' : 'BROKEN'}`,
    );
  }
  return holds;
}

try {
  if (!(await main())) process.exitCode = 1;
} finally {
  await closeSharedProcess();
}
