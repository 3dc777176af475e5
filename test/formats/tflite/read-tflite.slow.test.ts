import { expect, it } from 'vitest';
import { litertReference } from '../../../shared/engines/references/litert.ts';
import { readTflite } from '../../../shared/formats/tflite/read-tflite.ts';
import { assertValid } from '../../../shared/onnx/verify.ts';
import { MEDIAPIPE_MODELS, mediapipePath, pictureFor } from './_mediapipe-models.ts';
import { difference, openRunner } from './_run.ts';

it.each(MEDIAPIPE_MODELS)('@mediapipe/%s gives what LiteRT gives', async (name, low, tolerance) => {
  const path = mediapipePath(name);
  using source = await readTflite(path, { shown: name });
  assertValid(source.model);
  const { inputs, outputs } = source.model.graph;
  const feeds = pictureFor({ inputs }, low);
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
