import { describe, expect, test } from 'vitest';
import {
  candidateAt,
  type Drop,
  dataNear,
  sortDrop,
} from '../../../shared/pipeline/distributed/drop.ts';
import { listing } from './_listing.ts';

const SAVED = [
  'saved_model.pb',
  'fingerprint.pb',
  'keras_metadata.pb',
  'variables/variables.index',
  'variables/variables.data-00000-of-00001',
  'assets/model.json',
];
const below = (folder: string, names: readonly string[]) => names.map((name) => `${folder}${name}`);

/** What a drop is, in short. */
const shown = ({ candidates, data, configuration, others, ignored }: Drop) => ({
  models: candidates.map(({ name, kind, path }) => `${name} = ${kind} ${path}`),
  data: data.map(({ key }) => key),
  configuration: configuration?.key,
  others: others.map(({ key }) => key),
  ignored: ignored.map(({ key }) => key),
});
const EMPTY = { models: [], data: [], configuration: undefined, others: [], ignored: [] };

test.each<[string, string, string[], Partial<ReturnType<typeof shown>>]>([
  ['nothing', 'team/', [], {}],
  ['a model', 'team/', ['team/a.onnx'], { models: ['team/a = file a.onnx'] }],
  ['a model at the root', '', ['a.keras'], { models: ['a = file a.keras'] }],
  [
    'several models by name, data, and what is neither',
    'team/',
    ['team/b.TFLITE', 'team/a.h5', 'team/data/test.npz', 'team/x.csv', 'team/readme.md'],
    {
      models: ['team/a = file a.h5', 'team/b = file b.TFLITE'],
      data: ['team/data/test.npz', 'team/x.csv'],
      others: ['team/readme.md'],
    },
  ],
  [
    'a SavedModel with all its files',
    'team/',
    below('team/saved/', SAVED),
    {
      models: ['team/saved = saved-model saved'],
      others: below('team/saved/', SAVED.slice(1)),
    },
  ],
  [
    'a SavedModel at the root is not all of the bucket',
    '',
    [...SAVED, 'other/a.onnx'],
    { models: ['model = saved-model .'], others: SAVED.slice(1) },
  ],
  [
    'the text form of a graph only where there is no other',
    'a/',
    ['a/s/saved_model.pbtxt', 'a/t/saved_model.pb', 'a/t/saved_model.pbtxt'],
    {
      models: ['a/s = saved-model s', 'a/t = saved-model t'],
      others: ['a/t/saved_model.pbtxt'],
    },
  ],
  [
    'a model of TensorFlow.js',
    'team/',
    ['team/web/model.json', 'team/web/group1-shard1of1.bin', 'team/web/test.npz'],
    {
      models: ['team/web = json web'],
      data: ['team/web/test.npz'],
      others: ['team/web/group1-shard1of1.bin'],
    },
  ],
  [
    'other prefixes below it are others’',
    'team/',
    ['team/a.onnx', 'team/sub/b.onnx', 'team/sub/data/b.npz'],
    { models: ['team/a = file a.onnx'] },
  ],
  [
    'with a configuration all below belongs to it',
    'team/',
    ['team/fettle.yml', 'team/m/a.onnx', 'team/images/cat/1.png', 'team/other/fettle.yaml'],
    {
      configuration: 'team/fettle.yml',
      models: ['team/m/a = file m/a.onnx'],
      others: ['team/images/cat/1.png'],
    },
  ],
  [
    'of two configurations the usual name',
    '',
    ['fettle.yaml', 'fettle.yml'],
    { configuration: 'fettle.yml', others: ['fettle.yaml'] },
  ],
  ['marks are no objects of anybody', 'team/', ['team/_READY', 'team/', 'team/sub/_READY'], {}],
  [
    'what Fettle wrote itself',
    'out/',
    ['out/manifest.json', 'out/report.html', 'out/a.int8.onnx'],
    { ignored: ['out/manifest.json', 'out/report.html', 'out/a.int8.onnx'] },
  ],
  [
    'a format that is not read, alone and beside one that is',
    'a/',
    ['a/x.pt', 'a/y.safetensors'],
    { models: ['a/x = file x.pt', 'a/y = file y.safetensors'] },
  ],
  [
    'a format that is not read, beside one that is',
    'a/',
    ['a/x.onnx', 'a/y.safetensors'],
    { models: ['a/x = file x.onnx'], ignored: ['a/y.safetensors'] },
  ],
  [
    'keys that are no paths',
    '',
    ['a.onnx', '../b.onnx', 'x//c.onnx', 'd\n.onnx', '/e.onnx', `${'f/'.repeat(99)}g.onnx`],
    {
      models: ['a = file a.onnx'],
      ignored: ['../b.onnx', 'x//c.onnx', 'd\n.onnx', '/e.onnx', `${'f/'.repeat(99)}g.onnx`],
    },
  ],
  [
    'keys that read badly',
    '',
    ['my model.onnx', 'right\u202eto left.onnx', '+b.onnx'],
    {
      models: [
        expect.stringMatching(/^b-[0-9a-f]{12} = file \+b.onnx$/),
        expect.stringMatching(/^my-model-[0-9a-f]{12} = file my model.onnx$/),
        expect.stringMatching(/^right-to-left-[0-9a-f]{12} = file right.to left.onnx$/),
      ],
    },
  ],
])('%s', (_, prefix, keys, expected) => {
  expect(shown(sortDrop(prefix, listing(...keys)))).toEqual({ ...EMPTY, ...expected });
});

describe('a path of a configuration', () => {
  const drop = sortDrop(
    'p/',
    listing(
      'p/fettle.yml',
      'p/m/a.onnx',
      ...below('p/saved/', SAVED),
      'p/web/model.json',
      'p/text/saved_model.pbtxt',
      'p/part/fettle.yml',
      'p/part/b.onnx',
      'p/model.json',
    ),
  );
  test.each([
    ['m/a.onnx', 'file p/m/a.onnx m/a.onnx'],
    ['saved', 'saved-model p/saved/saved_model.pb saved'],
    ['saved/saved_model.pb', 'saved-model p/saved/saved_model.pb saved'],
    ['web', 'json p/web/model.json web'],
    ['web/model.json', 'json p/web/model.json web'],
    ['text', 'saved-model p/text/saved_model.pbtxt text'],
    ['', 'json p/model.json .'],
    // Below another configuration, and still there.
    ['part/b.onnx', 'file p/part/b.onnx part/b.onnx'],
    ['m', undefined],
    ['m/a', undefined],
    ['none.onnx', undefined],
  ])('%s', (path, expected) => {
    const found = candidateAt(path, 'own', drop);
    expect(found && `${found.kind} ${found.entry.key} ${found.path}`).toBe(expected);
    if (found) expect(found.name).toBe('own');
  });
});

describe('data without a configuration', () => {
  test.each<[string, string[], string[]]>([
    ['a.onnx', ['x/test.npz', 'x/data/train.npz'], ['x/test.npz', 'x/data/train.npz']],
    ['a.onnx', ['x/a-test.npz', 'x/b-test.npz'], ['x/a-test.npz']],
    [
      'a.onnx',
      [...Array.from({ length: 20 }, (_, at) => `x/${at}.npz`), 'x/test.npz', 'x/train.csv'],
      ['x/test.npz', 'x/train.csv'],
    ],
    ['a.onnx', Array.from({ length: 40 }, (_, at) => `x/${at}.npz`), []],
  ])('of %s among %j', (model, data, expected) => {
    const drop = sortDrop('x/', listing(`x/${model}`, ...data));
    const [candidate] = drop.candidates;
    expect(candidate && dataNear(candidate, drop).map(({ key }) => key)).toEqual(expected);
  });
});
