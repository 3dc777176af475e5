/** `node bench/_train-mobilenet.ts FOLDER`: a few steps of MobileNetV2 at 96², 16 samples a batch; for its memory. */
import { join } from 'node:path';
import { createRandom } from '../shared/base/random.ts';
import type { Model } from '../shared/onnx/model.ts';
import { openModel } from '../shared/onnx/read-model.ts';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';
import { trainEpoch } from '../shared/train/train-epoch.ts';
import { trainingForm } from '../shared/train/training-form.ts';
import { float32 } from './_bench-model.ts';

const SIZE = 96;
const BATCH = 16;
const STEPS = 4;

const [folder = '.'] = process.argv.slice(2);
using source = openModel(join(folder, 'mobilenet-v2.onnx'));
const smaller: Model = {
  ...source.model,
  graph: { ...source.model.graph, inputs: [float32('image', ['n', 3, SIZE, SIZE])] },
};
const model = await trainingForm(smaller);
const [output = ''] = model.graph.outputs.map(({ name }) => name);
const samples = {
  length: BATCH * STEPS,
  sample: async (index: number) => {
    const random = createRandom(index, 'image');
    const data = Float32Array.from({ length: 3 * SIZE * SIZE }, () => random.normal());
    return { image: { type: 'float32' as const, dims: [1, 3, SIZE, SIZE], data } };
  },
  label: (index: number) => index % 1000,
};
const done = await trainEpoch(model, undefined, samples, {
  epoch: 1,
  epochs: 1,
  batch: BATCH,
  rate: 1e-4,
  optimizer: { name: 'adamw' },
  loss: { kind: 'classes', output, form: 'numbers', scale: 'logits', axis: -1 },
  keepsZeros: true,
  seed: 1,
});
await closeSharedProcess();
if (done.diverged) throw new Error('MobileNetV2 diverged');
