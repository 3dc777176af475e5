import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Tensor } from '../../../shared/base/tensor.ts';
import { litertReference } from '../../../shared/engines/references/litert.ts';
import { readTflite } from '../../../shared/formats/tflite/read-tflite.ts';
import { assertValid } from '../../../shared/onnx/verify.ts';
import { ROOT } from '../../architecture/sources.ts';
import { difference, openRunner } from './_run.ts';

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

/**
 * Of the range of the output. LiteRT computes with XNNPACK, whose logits of selfie_segmentation are 1.6e-3 of 83
 * away from TensorFlow Lite's reference kernels, ours 1.6e-4; behind the sigmoid that is 4e-4.
 */
const MODELS = [
  ['selfie_segmentation/selfie_segmentation', 0, 5e-4],
  ['selfie_segmentation/selfie_segmentation_landscape', 0, 5e-5],
  ['face_detection/face_detection_short_range', -1, 1e-5],
  ['face_detection/face_detection_full_range', -1, 1e-5],
  ['face_detection/face_detection_full_range_sparse', -1, 1e-5],
] as const;

it.each(MODELS)('@mediapipe/%s gives what LiteRT gives', async (name, low, tolerance) => {
  const path = join(ROOT, 'node_modules/@mediapipe', `${name}.tflite`);
  using source = await readTflite(path, { shown: name });
  assertValid(source.model);
  const { inputs, outputs } = source.model.graph;
  const [input] = inputs;
  const shape = input?.type?.kind === 'tensor' ? input.type.shape : null;
  const [, height = 0, width = 0] = (shape ?? []) as readonly number[];
  const feeds = { [input?.name ?? '']: picture(height, width, low) };
  await using reference = await litertReference.open({
    path,
    format: 'tflite',
    ports: { inputs, outputs },
  });
  const wanted = await reference.run(feeds);
  const found = await (await openRunner(source.model))(feeds);
  for (const { name: output } of outputs) {
    const [given, right] = [found[output], wanted[output]];
    if (!given || !right) throw new Error(`no output ${output}`);
    const { largest, range } = difference(given, right);
    expect(range).toBeGreaterThan(0.1);
    expect(largest).toBeLessThanOrEqual(tolerance * range);
  }
});
