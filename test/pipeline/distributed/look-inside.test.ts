import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesBelow } from '../../../shared/base/digest.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { computedTensor } from '../../../shared/onnx/make-tensor.ts';
import { writeModel } from '../../../shared/onnx/write-model.ts';
import { sortDrop } from '../../../shared/pipeline/distributed/drop.ts';
import { lookInside } from '../../../shared/pipeline/distributed/look-inside.ts';
import { ROOT } from '../../architecture/sources.ts';
import { graph, model, node } from '../../onnx/_build.ts';
import { listing } from './_listing.ts';

const FIXTURES = join(ROOT, 'test/fixtures/tensorflow/digits_cnn');
const fixture = (path: string): Uint8Array => readFileSync(join(FIXTURES, path));

/** A fixture's folder as objects of `below`. */
async function _folder(name: string, below: string): Promise<Record<string, Uint8Array>> {
  const names = await filesBelow(join(FIXTURES, name));
  return Object.fromEntries(names.map((path) => [below + path, fixture(`${name}/${path}`)]));
}

/** What is inside of the only model of a prefix, and how many bytes were read for that. */
async function _inside(prefix: string, contents: Record<string, Uint8Array | string>) {
  const objects = listing(...Object.keys(contents)).map((object) => ({
    ...object,
    bytes: Buffer.from(contents[object.key] ?? '').length,
  }));
  const drop = sortDrop(prefix, objects);
  let read = 0;
  const results = [];
  for (const candidate of drop.candidates) {
    const inside = await lookInside(candidate, drop, async ({ key }, offset, length) => {
      read += length;
      return new Uint8Array(Buffer.from(contents[key] ?? '').subarray(offset, offset + length));
    });
    results.push(
      inside.kind === 'ignored'
        ? inside
        : { ...inside, files: inside.files.map(({ key }) => key).sort() },
    );
  }
  return { results, read };
}

const ready = (...files: string[]) => ({ kind: 'ready', files: files.sort() });
const waiting = (files: string[], ...missing: string[]) => ({
  kind: 'waiting',
  files: files.sort(),
  missing,
});

describe('ONNX', () => {
  const weight = computedTensor('w', 'uint8', [2000], () => new Uint8Array(2000));
  const heavy = model(
    graph([node('Add', ['x', 'w'], ['y'])], ['x'], ['y'], {
      initializers: new Map([['w', weight]]),
    }),
  );
  const path = join(makeTempDir('look'), 'm.onnx');
  writeModel(heavy, path, { external: 'always' });
  const header = readFileSync(path);

  test('waits for the files that its header names', async () => {
    expect((await _inside('p/', { 'p/m.onnx': header })).results).toEqual([
      waiting(['p/m.onnx'], 'p/m.onnx.data'),
    ]);
    expect((await _inside('p/', { 'p/m.onnx': header, 'p/m.onnx.data': 'w' })).results).toEqual([
      ready('p/m.onnx', 'p/m.onnx.data'),
    ]);
  });

  test('finds them in folders, and takes none from outside', async () => {
    // As many characters as the name that it has.
    const at = (location: string) =>
      Buffer.from(header.toString('latin1').replace('m.onnx.data', location), 'latin1');
    const deep = { 'p/m.onnx': at('sub/ab.data'), 'p/sub/ab.data': 'w' };
    expect((await _inside('p/', deep)).results).toEqual([ready('p/m.onnx', 'p/sub/ab.data')]);
    for (const location of ['../q/x.data', '/q/abc.data', 'c:\\abc.data']) {
      const contents = { 'p/m.onnx': at(location), 'q/x.data': 'w', 'q/abc.data': 'w' };
      expect((await _inside('p/', contents)).results).toEqual([ready('p/m.onnx')]);
    }
  });

  test('one that holds all, and one that is broken', async () => {
    const whole = fixture('model.onnx');
    const { results, read } = await _inside('', { 'm.onnx': whole });
    expect(results).toEqual([ready('m.onnx')]);
    expect(read).toBeLessThanOrEqual(whole.length);
    for (const content of ['', 'no model', whole.subarray(0, 500)])
      expect((await _inside('', { 'm.onnx': content })).results).toEqual([ready('m.onnx')]);
  });
});

describe('TensorFlow.js', () => {
  test('waits for all shards', async () => {
    const contents = await _folder('tfjs_layers', 'p/web/');
    const names = Object.keys(contents);
    expect((await _inside('p/', contents)).results).toEqual([ready(...names)]);
    const { 'p/web/group1-shard1of1.bin': _, ...rest } = contents;
    expect((await _inside('p/', rest)).results).toEqual([
      waiting(['p/web/model.json'], 'p/web/group1-shard1of1.bin'),
    ]);
  });

  test('other files of that name are none', async () => {
    const ignored = [{ kind: 'ignored', reason: expect.any(String) }];
    for (const content of ['', '[]', '{"a": 1}', '{"class_name": "Sequential", "config": {}}'])
      expect((await _inside('p/', { 'p/w/model.json': content })).results).toEqual(ignored);
    // Cut off: the job says so.
    const cut = fixture('tfjs_layers/model.json').subarray(0, 700);
    expect((await _inside('p/', { 'p/w/model.json': cut })).results).toEqual([
      ready('p/w/model.json'),
    ]);
  });

  test('shards out of its folder are nobody’s', async () => {
    const text =
      '{"modelTopology": {}, "weightsManifest": [{"paths": ["../a.bin", "https://x/y.bin", 3]}, 4]}';
    const contents = { 'p/w/model.json': text, 'p/a.bin': 'w' };
    expect((await _inside('p/', contents)).results).toEqual([ready('p/w/model.json')]);
  });
});

describe('SavedModels', () => {
  test('are all of their files', async () => {
    for (const name of ['saved_keras3', 'saved_raw', 'saved_raw_sharded']) {
      const contents = await _folder(name, 'p/saved/');
      const more = { ...contents, 'p/saved/test.npz': 'data', 'p/saved/readme.md': 'text' };
      expect((await _inside('p/', more)).results).toEqual([ready(...Object.keys(contents))]);
    }
  });

  test('wait for every part of their checkpoint', async () => {
    const contents = await _folder('saved_raw_sharded', 'p/s/');
    const parts = Object.keys(contents).filter((key) => key.includes('variables'));
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) {
      const { [part]: _, ...rest } = contents;
      expect((await _inside('p/', rest)).results).toEqual([waiting(Object.keys(rest), part)]);
    }
    const graphAlone = { 'p/s/saved_model.pb': contents['p/s/saved_model.pb'] ?? '' };
    expect((await _inside('p/', graphAlone)).results).toEqual([
      waiting(['p/s/saved_model.pb'], 'p/s/variables/variables.index'),
    ]);
    const index = { ...graphAlone, 'p/s/variables/variables.index': 'i' };
    expect((await _inside('p/', index)).results).toEqual([
      waiting(Object.keys(index), 'p/s/variables/variables.data-…'),
    ]);
  });

  test('without variables have no checkpoint', async () => {
    expect((await _inside('p/', { 'p/s/saved_model.pb': 'constants' })).results).toEqual([
      ready('p/s/saved_model.pb'),
    ]);
  });
});

test.each<[string, Record<string, string>, object]>([
  ['a whole file', { 'p/a.h5': 'h' }, ready('p/a.h5')],
  [
    'layers under the same name',
    { 'p/a.weights.h5': 'h', 'p/a.json': '{' },
    ready('p/a.weights.h5', 'p/a.json'),
  ],
  [
    'the folder’s layers',
    { 'p/a.h5': 'h', 'p/config.json': '{' },
    ready('p/a.h5', 'p/config.json'),
  ],
  ['weights alone', { 'p/a.weights.h5': 'h' }, waiting(['p/a.weights.h5'], 'p/a.json')],
  [
    'a part of weights',
    { 'p/a_00001.weights.h5': 'h', 'p/a.weights.json': '{' },
    { kind: 'ignored', reason: expect.stringMatching(/part of Keras weights/) },
  ],
])('.h5: %s', async (_, contents, expected) => {
  expect((await _inside('p/', contents)).results).toEqual([expected]);
});

test('.pb: graphs are, samples are not', async () => {
  expect((await _inside('p/', { 'p/f.pb': fixture('frozen.pb') })).results).toEqual([
    ready('p/f.pb'),
  ]);
  for (const content of ['', 'text', new Uint8Array([8, 1, 16, 1, 74, 4, 0, 0, 0, 0])])
    expect((await _inside('p/', { 'p/input_0.pb': content })).results).toEqual([
      { kind: 'ignored', reason: expect.stringMatching(/no graph/) },
    ]);
});

test('everything else is what its name says', async () => {
  const { results, read } = await _inside('p/', { 'p/a.keras': 'k', 'p/b.tflite': 't' });
  expect(results).toEqual([ready('p/a.keras'), ready('p/b.tflite')]);
  expect(read).toBe(0);
});
