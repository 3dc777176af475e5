import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeTempDir } from '../../shared/base/files.ts';
import { computedTensor, int64Tensor } from '../../shared/onnx/make-tensor.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { readRaw } from '../../shared/onnx/tensor-data.ts';
import { writeModel } from '../../shared/onnx/write-model.ts';
import { placeBeside, writeReferring } from '../../shared/onnx/write-referring.ts';
import { graph, model, node } from './_build.ts';

const folder = makeTempDir('test');
const path = join(folder, 'source.onnx');
const large = computedTensor('large', 'uint8', [9000], () => new Uint8Array(9000).fill(7));
const small = int64Tensor('small', [2], [1, 2]);
const initializers = new Map([large, small].map((tensor) => [tensor.name, tensor]));
writeModel(model(graph([node('Identity', ['large'], ['y'])], [], ['y'], { initializers })), path, {
  external: 'always',
});

it('weights stay where they lie, and are found there', () => {
  using opened = openModel(path);
  const draft = join(folder, 'draft.onnx');
  writeReferring(opened.model, draft);
  expect(statSync(draft).size).toBeLessThan(1000);
  using again = openModel(draft);
  const tensors = again.model.graph.initializers;
  const [one, other] = [tensors.get('large'), tensors.get('small')];
  expect(one && placeBeside(one)).toEqual({
    location: 'source.onnx.data',
    ...{ offset: 0, length: 9000 },
  });
  expect(one && readRaw(one)).toEqual(new Uint8Array(9000).fill(7));
  expect(other && placeBeside(other)).toBeUndefined();
  expect(other && readRaw(other)).toEqual(readRaw(small));
});

it('weights may lie inside another model, where that was written', () => {
  const made = model(graph([node('Identity', ['large'], ['y'])], [], ['y'], { initializers }));
  const whole = join(folder, 'whole.onnx');
  const { places } = writeModel(made, whole);
  expect([...places.keys()]).toEqual([large]);
  const draft = join(folder, 'inside.onnx');
  writeReferring(made, draft, { placeOf: (tensor) => places.get(tensor) });
  expect(statSync(draft).size).toBeLessThan(1000);
  using again = openModel(draft);
  const one = again.model.graph.initializers.get('large');
  expect(one && placeBeside(one)?.location).toBe('whole.onnx');
  expect(one && readRaw(one)).toEqual(new Uint8Array(9000).fill(7));
});

it('the file of the weights may get another name', () => {
  using opened = openModel(path);
  const renamed = join(folder, 'renamed.onnx');
  writeReferring(opened.model, renamed, { location: 'other.data' });
  copyFileSync(`${path}.data`, join(folder, 'other.data'));
  using again = openModel(renamed);
  const one = again.model.graph.initializers.get('large');
  expect(one && placeBeside(one)?.location).toBe('other.data');
  expect(one && readRaw(one)).toEqual(new Uint8Array(9000).fill(7));
});

it('what is made lies in it, and bounds it', () => {
  const made = model(graph([node('Identity', ['large'], ['y'])], [], ['y'], { initializers }));
  const draft = join(folder, 'made.onnx');
  expect(() => writeReferring(made, draft, { maxBytes: 1000 })).toThrow('and 1000 are taken');
  expect(statSync(draft, { throwIfNoEntry: false })).toBeUndefined();
  writeReferring(made, draft, { maxBytes: 10_000 });
  expect(statSync(draft).size).toBeGreaterThan(9000);
});
