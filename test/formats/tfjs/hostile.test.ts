/** Broken and hostile models end in an error that says so, or in a model: never in a defect. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FettleError } from '../../../shared/base/errors.ts';
import { createRandom, type Random } from '../../../shared/base/random.ts';
import type { Json } from '../../../shared/formats/keras/layer.ts';
import { readTfjs } from '../../../shared/formats/tfjs/read-tfjs.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';
import { ROOT } from '../../architecture/sources.ts';
import { floats, folderOf, small, smallShards } from './_model.ts';

const fixture = (path: string): string => join(ROOT, 'test/fixtures/tensorflow/digits_cnn', path);

/** Reads and, where that gives a model, writes it: weights are decoded then. */
async function tryOut(json: Json | string, shards: Readonly<Record<string, Uint8Array>>) {
  try {
    using source = await readTfjs(folderOf(json, shards), { shown: 'm' });
    encodeModel(source.model);
    return 'a model';
  } catch (error) {
    if (error instanceof FettleError && error.exitCode !== 70) return 'an error';
    throw error;
  }
}

const deep = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('built to do harm', () => {
  test.each<[string, Json | string]>([
    ['deep JSON', `{"modelTopology":${deep(50_000)}}`],
    ['deep JSON in a signature', `{"signature":${deep(50_000)},"modelTopology":{"node":[]}}`],
    ['deep layers', `{"modelTopology":{"class_name":"Sequential","config":${deep(50_000)}}}`],
    [
      'names of Object.prototype',
      JSON.parse(
        '{"modelTopology":{"node":[{"name":"__proto__","op":"constructor","input":["toString"]}]},"signature":{"inputs":{},"outputs":{"__proto__":{"name":"__proto__"}}}}',
      ),
    ],
    [
      'a huge weight',
      {
        ...small,
        weightsManifest: [
          {
            paths: ['a.bin'],
            weights: [{ name: 'w', shape: [2 ** 31, 2 ** 20], dtype: 'float32' }],
          },
        ],
      },
    ],
    [
      'a huge list of strings',
      {
        ...small,
        weightsManifest: [
          { paths: ['a.bin'], weights: [{ name: 'w', shape: [2 ** 40], dtype: 'string' }] },
        ],
      },
    ],
    [
      'a shape of huge sizes',
      {
        ...small,
        signature: {
          ...small.signature,
          inputs: {
            x: {
              name: 'x',
              tensorShape: {
                dim: [{ size: '9223372036854775807' }, { size: '9223372036854775807' }],
              },
            },
          },
        },
      },
    ],
    [
      'an output that a node does not have',
      { ...small, signature: { ...small.signature, outputs: { y: { name: 'Relu:99999999999' } } } },
    ],
    [
      'shards of nothing',
      {
        ...small,
        weightsManifest: [{ paths: [], weights: [{ name: 'w', shape: [2], dtype: 'float32' }] }],
      },
    ],
  ])('%s', async (_, json) => {
    expect(await tryOut(json, smallShards)).toBe('an error');
  });

  test('five thousand nodes of one chain are no stack overflow', async () => {
    const chain = Array.from({ length: 5000 }, (_, index) => ({
      name: `n${index}`,
      op: 'Relu',
      input: [index === 0 ? 'x' : `n${index - 1}`],
    }));
    const json = {
      ...small,
      signature: { ...small.signature, outputs: { y: { name: 'n4999' } } },
      modelTopology: { node: [...small.modelTopology.node.slice(0, 2), ...chain] },
    };
    expect(await tryOut(json, smallShards)).toBe('a model');
  });
});

describe('damaged at random', () => {
  const models = ['tfjs_graph_u8', 'tfjs_layers'].map((name) => ({
    text: readFileSync(fixture(`${name}/model.json`), 'utf8'),
    shards: { 'group1-shard1of1.bin': readFileSync(fixture(`${name}/group1-shard1of1.bin`)) },
  }));

  test('values of the JSON replaced by others', async () => {
    const random = createRandom(11);
    const seen = new Set<string>();
    for (const { text, shards } of models)
      for (let round = 0; round < 15; round++)
        seen.add(await tryOut(damaged(JSON.parse(text), random), shards));
    expect([...seen].sort()).toEqual(['a model', 'an error']);
  });

  test('bytes of the JSON replaced by others, and its end cut off', async () => {
    const random = createRandom(12);
    for (const { text, shards } of models) {
      for (let round = 0; round < 10; round++) {
        const at = random.below(text.length);
        const byte = String.fromCharCode(32 + random.below(95));
        await tryOut(text.slice(0, at) + byte + text.slice(at + 1), shards);
      }
      expect(await tryOut(text.slice(0, -random.below(2000) - 3), shards)).toBe('an error');
    }
  });

  test('shards that are too short or too long', async () => {
    for (const { text } of models)
      for (const shard of [new Uint8Array(), floats(1), new Uint8Array(200_000)])
        expect(await tryOut(text, { 'group1-shard1of1.bin': shard })).toBe('an error');
  });
});

const STRANGE: readonly Json[] = [
  null,
  -1,
  0,
  1.5,
  1e300,
  '',
  'x',
  '-1',
  '__proto__',
  true,
  [],
  {},
  [[]],
  { i: '9' },
  ['x', 0, 0],
];

/** With one to three values somewhere in it replaced, taken away or doubled. */
function damaged(json: Json, random: Random): Json {
  for (let count = 1 + random.below(3); count > 0; count--) {
    let place = json as Record<string, Json>;
    for (;;) {
      const keys = Object.keys(place);
      const key = keys[random.below(Math.max(1, keys.length))];
      if (key === undefined) break;
      const inner = place[key];
      if (typeof inner === 'object' && inner !== null && random.below(10) > 0) {
        place = inner as Record<string, Json>;
        continue;
      }
      const choice = random.below(3);
      if (choice === 0) delete place[key];
      else if (choice === 1) place[key] = STRANGE[random.below(STRANGE.length)] ?? null;
      else place[`${key}2`] = place[key] ?? null;
      break;
    }
  }
  return json;
}
