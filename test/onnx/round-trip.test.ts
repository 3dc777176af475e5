/** Read, written and compared by an oracle that shares no code with the codec. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { allGraphs } from '../../shared/onnx/graph-walk.ts';
import type { Model } from '../../shared/onnx/model.ts';
import { decodeModel, openModel } from '../../shared/onnx/read-model.ts';
import type { StoredTensor } from '../../shared/onnx/stored-tensor.ts';
import { readRaw } from '../../shared/onnx/tensor-data.ts';
import { encodeModel } from '../../shared/onnx/write-model.ts';
import { DEV_MODELS } from './_dev-models.ts';
import { decodeMessage } from './_oracle.ts';

function* weights(model: Model): IterableIterator<StoredTensor> {
  for (const { graph } of allGraphs(model.graph)) {
    yield* graph.initializers.values();
    for (const node of graph.nodes) {
      for (const attribute of node.attributes.values())
        if (attribute.type === 'tensor') yield attribute.value;
    }
  }
}

it.each(Object.entries(DEV_MODELS))('%s: protobufjs sees the same model', (_name, path) => {
  using opened = openModel(path);
  const written = encodeModel(opened.model);
  expect(decodeMessage(written)).toEqual(decodeMessage(readFileSync(path)));
});

it.each(Object.entries(DEV_MODELS))('%s: the weights are the same bytes', (_name, path) => {
  using opened = openModel(path);
  const again = decodeModel(encodeModel(opened.model));
  const digest = (model: Model): string[] =>
    [...weights(model)].map((tensor) => Buffer.from(readRaw(tensor)).toString('latin1'));
  const before = digest(opened.model);
  expect(before.length).toBeGreaterThan(0);
  expect(digest(again)).toEqual(before);
});

it('a file in protobuf’s own form comes back byte for byte', () => {
  const path = DEV_MODELS['ocr rec'] ?? '';
  using opened = openModel(path);
  expect(Buffer.compare(encodeModel(opened.model), readFileSync(path))).toBe(0);
});
