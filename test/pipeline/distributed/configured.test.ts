import { describe, expect, test } from 'vitest';
import { configuredModels } from '../../../shared/pipeline/distributed/configured.ts';
import { sortDrop } from '../../../shared/pipeline/distributed/drop.ts';
import { listing } from './_listing.ts';

const KEYS = [
  'p/fettle.yml',
  'p/m/a.onnx',
  'p/saved/saved_model.pb',
  'p/saved/variables/variables.index',
  'p/test.npz',
  'p/train.npz',
  'p/labels.json',
  'p/images/cat/1.png',
  'p/images/dog/2.png',
  'q/out.onnx',
];

/** The models of a configuration in a prefix with the objects above. */
function _models(text: string, keys: readonly string[] = KEYS, prefix = 'p/') {
  const drop = sortDrop(prefix, listing(...keys));
  const { configuration } = drop;
  return configuration ? configuredModels(drop, configuration, text) : [];
}

/** A model of the settings, with the problem that is found in it. */
function _problem(settings: string) {
  const [model] = _models(`version: 1\nmodels:\n  a: ${settings}\n`);
  return model && 'problem' in model.found ? model.found.problem : undefined;
}

test('models with what they name', () => {
  const models = _models(`version: 1
defaults: { threads: 2 }
models:
  a/one: { source: m/a.onnx, data: { calibration: train.npz, evaluation: { path: test.npz, labels: labels.json } } }
  b: { source: ./saved, data: images }
  c: { source: saved/saved_model.pb, data: { all: https://example.org/x.npz, metric: ./metric.js } }
`);
  expect(
    models.map(({ name, configurationModel, found }) => [
      name,
      configurationModel,
      'candidate' in found && found.candidate.path,
      'data' in found && found.data.map(({ key }) => key),
    ]),
  ).toEqual([
    ['a/one', 'a/one', 'm/a.onnx', ['p/train.npz', 'p/test.npz', 'p/labels.json']],
    ['b', 'b', 'saved', ['p/images/cat/1.png', 'p/images/dog/2.png']],
    ['c', 'c', 'saved', []],
  ]);
});

test('a teacher and a student are objects of the job, too', () => {
  const [model] = _models(`version: 1
models:
  a: { source: m/a.onnx, variants: [distilled], train: { teacher: saved, student: m/a.onnx } }
`);
  expect(model && 'data' in model.found && model.found.data.map(({ key }) => key)).toEqual([
    ...['p/saved/saved_model.pb', 'p/saved/variables/variables.index', 'p/m/a.onnx'],
  ]);
  expect(_problem('{ source: m/a.onnx, train: { teacher: none.h5 } }')).toMatchObject({
    kind: 'InputError',
    message: expect.stringContaining('"none.h5" is not there'),
  });
});

test('settings are those of the model and the defaults, not of its neighbours', () => {
  const settings = (text: string) => _models(`version: 1\n${text}`)[0]?.settings;
  const own = settings('models: { a: { source: m/a.onnx } }');
  expect(own).toMatch(/^sha256:/);
  expect(settings('models: { a: { source: m/a.onnx }, b: { source: saved } }')).toBe(own);
  expect(settings('models: { a: { source: m/a.onnx, threads: 2 } }')).not.toBe(own);
  expect(settings('defaults: { threads: 2 }\nmodels: { a: { source: m/a.onnx } }')).toBe(
    settings('models: { a: { source: m/a.onnx, threads: 2 } }'),
  );
});

describe('a mistake is its own model’s', () => {
  test.each<[string, string, RegExp]>([
    ['a source that is not there', '{ source: m/b.onnx }', /"m\/b.onnx" is not there/],
    ['a folder that is no model', '{ source: images }', /"images" is not there, or no model/],
    ['a source that leads out', '{ source: ../q/out.onnx }', /leads out/],
    ['an absolute source', '{ source: /etc/passwd }', /leads out/],
    ['an address', '{ source: "s3://q/out.onnx" }', /not there/],
    ['data that is not there', '{ source: m/a.onnx, data: other.npz }', /"other.npz" is not there/],
    ['data that leads out', '{ source: m/a.onnx, data: ../q/x.npz }', /leads out/],
    [
      'labels that lead out',
      '{ source: m/a.onnx, data: { all: test.npz, labels: ../x } }',
      /leads out/,
    ],
    [
      'an alphabet that is not there',
      '{ source: m/a.onnx, data: { all: test.npz, alphabet: a } }',
      /"a" is not/,
    ],
    ['an unknown variant', '{ source: m/a.onnx, variants: [int9] }', /int9/],
    ['an unknown target', '{ source: m/a.onnx, targets: [tvm] }', /tvm/],
  ])('%s', (_, settings, message) => {
    const problem = _problem(settings);
    expect(problem?.message).toMatch(message);
    expect(problem?.where).toMatch(/^fettle.yml:3/);
    expect(problem?.stack).toBe('');
  });

  test('and the others are not touched', () => {
    const models = _models(
      'version: 1\nmodels: { a: { source: none.onnx }, b: { source: saved } }',
    );
    expect(models.map(({ found }) => 'problem' in found)).toEqual([true, false]);
  });

  test('nothing is wrong with a source outside of nowhere', () => {
    expect(_problem('{ source: m/../m/a.onnx }')).toBeUndefined();
  });
});

test.each<[string, string, RegExp, string | undefined]>([
  ['no YAML', 'version: [', /not valid YAML/, 'fettle.yml:1'],
  ['an unknown key', 'version: 1\nmodles: {}', /unknown key "modles"/, 'fettle.yml:2'],
  [
    'a name that leads out',
    'version: 1\nmodels: { "../x": { source: a } }',
    /model name/,
    'fettle.yml:2',
  ],
  ['nothing', '', /is empty/, undefined],
])('%s is the problem of the prefix', (_, text, message, where) => {
  const [model, ...others] = _models(text);
  expect(others).toEqual([]);
  expect(model).toEqual({ name: 'p', found: { problem: expect.anything() } });
  const problem = model && 'problem' in model.found ? model.found.problem : undefined;
  expect(problem?.message).toMatch(message);
  expect(problem?.where).toBe(where);
});

test('at the root of the bucket', () => {
  const keys = ['fettle.yml', 'a.onnx', 'sub/b.onnx'];
  expect(_models('version: [', keys, '')[0]?.name).toBe('fettle');
  const text = 'version: 1\nmodels: { b: { source: sub/b.onnx }, c: { source: ../a.onnx } }';
  expect(_models(text, keys, '').map(({ found }) => 'candidate' in found)).toEqual([true, false]);
});

test('a file that is too large is not parsed', () => {
  const drop = sortDrop('', listing('fettle.yml'));
  const { configuration } = drop;
  const [model] = configuration
    ? configuredModels(drop, { ...configuration, bytes: 2_000_000 }, 'version: 1')
    : [];
  expect(model?.found).toEqual({
    problem: expect.objectContaining({ message: expect.stringMatching(/too large/) }),
  });
});
