/** Small files that are models, and differ. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTempDir } from '../../shared/base/files.ts';
import { computedTensor } from '../../shared/onnx/make-tensor.ts';
import { writeModel } from '../../shared/onnx/write-model.ts';
import { graph, model, node } from '../onnx/_build.ts';

/** `y = x + value`; equal values give equal bytes. */
export function onnxModel(value: number): Uint8Array {
  const path = join(makeTempDir('model'), 'm.onnx');
  writeModel(added(value, 1), path);
  return readFileSync(path);
}

/** The same in two files, the weights in `<name>.data`. */
export function splitModel(
  name: string,
  value: number,
): { header: Uint8Array; weights: Uint8Array } {
  const path = join(makeTempDir('model'), name);
  writeModel(added(value, 2000), path, { external: 'always' });
  return { header: readFileSync(path), weights: readFileSync(`${path}.data`) };
}

/** A model of TensorFlow.js, whose only shard is `w.bin`. */
export const tfjsModel = (note: string): string =>
  JSON.stringify({
    format: 'layers-model',
    generatedBy: note,
    modelTopology: {},
    weightsManifest: [{ paths: ['w.bin'], weights: [] }],
  });

const added = (value: number, size: number) =>
  model(
    graph([node('Add', ['x', 'w'], ['y'])], ['x'], ['y'], {
      initializers: new Map([
        ['w', computedTensor('w', 'uint8', [size], () => new Uint8Array(size).fill(value))],
      ]),
    }),
  );
