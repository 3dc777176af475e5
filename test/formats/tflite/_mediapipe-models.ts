/** MediaPipe's published models of TensorFlow Lite, and pictures for them. */
import { join } from 'node:path';
import type { NamedTensors, Tensor } from '../../../shared/base/tensor.ts';
import type { Graph } from '../../../shared/onnx/model.ts';
import { ROOT } from '../../architecture/sources.ts';

/**
 * By name, with the lowest value of a pixel, and the tolerance of the range of the output. LiteRT computes with XNNPACK, whose logits of selfie_segmentation are 1.6e-3 of 83
 * away from TensorFlow Lite's reference kernels, ours 1.6e-4; behind the sigmoid that is 4e-4.
 */
export const MEDIAPIPE_MODELS = [
  ['selfie_segmentation/selfie_segmentation', 0, 5e-4],
  ['selfie_segmentation/selfie_segmentation_landscape', 0, 5e-5],
  ['face_detection/face_detection_short_range', -1, 1e-5],
  ['face_detection/face_detection_full_range', -1, 1e-5],
  ['face_detection/face_detection_full_range_sparse', -1, 1e-5],
] as const;

export const mediapipePath = (name: string): string =>
  join(ROOT, 'node_modules/@mediapipe', `${name}.tflite`);

/** A picture for the only input, its pixels from `low` to 1. */
export function pictureFor({ inputs: [input] }: Pick<Graph, 'inputs'>, low: number): NamedTensors {
  const shape = input?.type?.kind === 'tensor' ? input.type.shape : null;
  const [, height = 0, width = 0] = (shape ?? []) as readonly number[];
  return { [input?.name ?? '']: picture(height, width, low) };
}

/** A smooth picture of something like a face before a gradient: noise would leave the outputs saturated. */
function picture(height: number, width: number, low: number): Tensor {
  const data = new Float32Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x / width - 0.5, y / height - 0.45];
      const isEye = (Math.abs(u) - 0.1) ** 2 + (v + 0.06) ** 2 < 9e-4;
      const isFace = u * u * 14 + v * v * 8 < 1;
      for (let channel = 0; channel < 3; channel++) {
        const skin = ([0.85, 0.65, 0.55][channel] ?? 0) + 0.1 * u;
        const wall = 0.25 + (0.3 * y) / height + 0.1 * Math.sin(x / 7 + channel);
        const value = isEye ? 0.1 : isFace ? skin : wall;
        data[(y * width + x) * 3 + channel] = low + value * (1 - low);
      }
    }
  }
  return { type: 'float32', dims: [1, height, width, 3], data };
}
