/** Models of TensorFlow.js for tests: a folder with a model.json and its shards. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTempDir } from '../../../shared/base/files.ts';
import type { Json } from '../../../shared/formats/keras/layer.ts';

const root = makeTempDir('tfjs-tests');

/** Writes a model and gives the path of its folder. */
export function folderOf(
  json: Json | string,
  shards: Readonly<Record<string, Uint8Array>> = {},
): string {
  const folder = mkdtempSync(join(root, 'm-'));
  writeFileSync(join(folder, 'model.json'), typeof json === 'string' ? json : JSON.stringify(json));
  for (const [name, bytes] of Object.entries(shards)) writeFileSync(join(folder, name), bytes);
  return folder;
}

/** The bytes of float32 values. */
export const floats = (...values: number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer);

/** The bytes of int32 values. */
export const ints = (...values: number[]): Uint8Array =>
  new Uint8Array(Int32Array.from(values).buffer);

/** `y = relu(x + w)` with `w` of `[2]` in one shard. */
export const small = {
  format: 'graph-model',
  generatedBy: '2.11.0',
  convertedBy: 'TensorFlow.js Converter v4.22.0',
  signature: {
    inputs: {
      'x:0': {
        name: 'x:0',
        dtype: 'DT_FLOAT',
        tensorShape: { dim: [{ size: '-1' }, { size: '2' }] },
      },
    },
    outputs: { y: { name: 'Relu:0', dtype: 'DT_FLOAT' } },
  },
  modelTopology: {
    node: [
      { name: 'x', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' } } },
      { name: 'w', op: 'Const', attr: { dtype: { type: 'DT_FLOAT' } } },
      { name: 'sum', op: 'AddV2', input: ['x', 'w', '^w'], attr: { T: { type: 'DT_FLOAT' } } },
      { name: 'Relu', op: 'Relu', input: ['sum'] },
    ],
    library: {},
    versions: { producer: 1 },
  },
  weightsManifest: [{ paths: ['a.bin'], weights: [{ name: 'w', shape: [2], dtype: 'float32' }] }],
} as const satisfies Json;

export const smallShards = { 'a.bin': floats(1, -2) };
