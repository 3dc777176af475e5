/** One set of inputs, for timing and for memory: the first judged sample, or the first synthetic one. */

import type { Digest } from '../../base/brand.ts';
import type { NamedTensors } from '../../base/tensor.ts';
import { openModel } from '../../onnx/read-model.ts';
import { artifactPath, type StoredArtifact } from '../artifact.ts';
import { closeAll, type DataRefs, openDataRefs } from '../data-refs.ts';
import type { Tools } from '../step.ts';
import { readSplit } from './split.ts';

/** `model` is an ONNX form: its inputs say how data becomes tensors. */
export async function firstFeeds(
  model: StoredArtifact,
  data: DataRefs,
  split: Digest,
  tools: Tools,
): Promise<NamedTensors> {
  using opened = openModel(await artifactPath(model, tools));
  const sets = await openDataRefs(data, opened.model, tools);
  try {
    const { evaluation, selection, calibration } = await readSplit(split, tools);
    const part = evaluation ?? selection ?? calibration;
    const set = part && sets[part.source];
    return set ? await set.sample(part.indices[0] ?? 0) : {};
  } finally {
    await closeAll(sets);
  }
}
