import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { float32Tensor } from '../../shared/onnx/make-tensor.ts';
import { decodeModel, openModel } from '../../shared/onnx/read-model.ts';
import { floatValues } from '../../shared/onnx/tensor-data.ts';
import { encodeModel, writeModel } from '../../shared/onnx/write-model.ts';
import { graph, model, node, ops } from './_build.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-write-'));
afterAll(() => rmSync(folder, { recursive: true }));

const weights = float32Tensor(
  'w',
  [1024],
  Float32Array.from({ length: 1024 }, (_, i) => i),
);
const small = model(
  graph([node('Add', ['x', 'w'], ['y'])], ['x'], ['y'], {
    initializers: new Map([['w', weights]]),
  }),
);

it('gives back what it was given', () => {
  const decoded = decodeModel(encodeModel(small));
  expect(ops(decoded.graph)).toEqual(['Add(x,w)→y']);
  expect(decoded.opsets).toEqual(small.opsets);
  const [tensor] = decoded.graph.initializers.values();
  expect(tensor && floatValues(tensor)).toEqual(floatValues(weights));
});

it('writes over the file that it reads from, and leaves nothing else behind', () => {
  const path = join(folder, 'm.onnx');
  writeModel(small, path);
  using opened = openModel(path);
  writeModel(opened.model, path);
  using again = openModel(path);
  expect(encodeModel(again.model)).toEqual(encodeModel(small));
  expect(readdirSync(folder)).toEqual(['m.onnx']);
});

it('puts weights beside the model on request, and finds them there', () => {
  const path = join(folder, 'e.onnx');
  expect(writeModel(small, path, { external: 'always' }).files).toEqual([path, `${path}.data`]);
  using opened = openModel(path);
  const tensor = opened.model.graph.initializers.get('w');
  expect(tensor?.storage).toMatchObject({ external: { location: 'e.onnx.data' } });
  expect(tensor && floatValues(tensor)).toEqual(floatValues(weights));
});
