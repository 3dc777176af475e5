import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError, UnsupportedError } from '../../../shared/base/errors.ts';
import type { Json } from '../../../shared/formats/keras/layer.ts';
import { readTfjs, tfjsFiles } from '../../../shared/formats/tfjs/read-tfjs.ts';
import { folderOf, small, smallShards } from './_model.ts';

const read = (json: Json, shards: Readonly<Record<string, Uint8Array>> = smallShards) =>
  readTfjs(folderOf(json, shards), { shown: 'm' });

describe('a graph-model', () => {
  test('becomes ONNX with the names of its signature', async () => {
    using source = await read(small);
    const { graph, opsets } = source.model;
    expect(opsets.get('')).toBe(17);
    expect(graph.inputs).toMatchObject([{ name: 'x:0', type: { elementType: 'float32' } }]);
    expect(graph.outputs).toMatchObject([{ name: 'y' }]);
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(['Add', 'Relu', 'Identity']);
    expect(source.producer).toBe('TensorFlow 2.11.0, TensorFlow.js Converter v4.22.0');
  });

  test('is cut at named tensors', async () => {
    const folder = folderOf(small, smallShards);
    using source = await readTfjs(folder, { shown: 'm', inputs: ['sum:0'], outputs: ['Relu:0'] });
    const { inputs, nodes } = source.model.graph;
    expect(inputs.map(({ name }) => name)).toEqual(['sum:0']);
    expect(nodes.map(({ opType }) => opType)).toEqual(['Relu', 'Identity']);
  });

  test('an op without a conversion is named', async () => {
    const node = small.modelTopology.node.map((one) =>
      one.op === 'Relu' ? { ...one, op: 'Fantasy' } : one,
    );
    const reading = read({ ...small, modelTopology: { node } });
    await expect(reading).rejects.toThrow(UnsupportedError);
    await expect(reading).rejects.toThrow(/m cannot be converted: Fantasy \(1×: "Relu"\)/);
  });
});

test.each<[string, Json, RegExp]>([
  ['neither a graph nor layers', { modelTopology: { a: 1 } }, /neither a graph nor layers/],
  ['no topology', {}, /neither a graph nor layers/],
  ['nodes that are no list', { modelTopology: { node: { a: 1 } } }, /neither/],
  ['missing shards', { ...small, weightsManifest: [{ paths: ['b.bin'] }] }, /b\.bin, which is not/],
  [
    'a cycle',
    {
      ...small,
      modelTopology: {
        node: [
          ...small.modelTopology.node.slice(0, 2),
          { name: 'sum', op: 'Relu', input: ['Relu'] },
          { name: 'Relu', op: 'Relu', input: ['sum'] },
        ],
      },
    },
    /waits for itself/,
  ],
  [
    'a node that is not there',
    {
      ...small,
      modelTopology: {
        node: [small.modelTopology.node[0], { name: 'Relu', op: 'Relu', input: ['z'] }],
      },
    },
    /no node 'z'/,
  ],
])('%s is refused', async (_, json, message) => {
  const reading = read(json);
  await expect(reading).rejects.toThrow(InputError);
  await expect(reading).rejects.toThrow(message);
});

test('its files are model.json and the shards that it names', async () => {
  const folder = folderOf(small, { ...smallShards, 'other.bin': Uint8Array.of(1) });
  expect((await tfjsFiles(folder)).map((path) => basename(path))).toEqual(['model.json', 'a.bin']);
});
