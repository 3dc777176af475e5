import { expect, test } from 'vitest';
import { readConfiguration } from '../../../action/changes/configured-models.ts';

const TEXT = `version: 1
defaults:
  seed: 4
  data: { metric: scripts/score.ts }
models:
  digits:
    source: ../models/digits.keras
    data:
      evaluation: { path: test.npz, labels: labels.json }
      calibration: https://host/calibration.npz
      alphabet: ../letters.txt
    budgets: { float32: { size: 5 MB } }
  other:
    source: other.onnx
`;

test('paths are from the root of the repository, settings as written', () => {
  const { models, problems } = readConfiguration(TEXT, 'ml/fettle.yml');
  expect(problems).toEqual([]);
  expect(models[0]).toMatchObject({
    name: 'digits',
    source: 'models/digits.keras',
    folder: 'ml',
    where: 'ml/fettle.yml:12',
    configLine: 12,
    settings: { seed: 4 },
    module: 'ml/scripts/score.ts',
    data: [
      { path: 'letters.txt', where: 'ml/fettle.yml:11' },
      { path: 'ml/test.npz', where: 'ml/fettle.yml:9' },
      { path: 'ml/labels.json', where: 'ml/fettle.yml:9' },
    ],
  });
  expect(models[1]).toMatchObject({ name: 'other', source: 'ml/other.onnx', configLine: 13 });
});

test('at the root the folder is empty', () => {
  const { models } = readConfiguration(
    'version: 1\nmodels: { a: { source: a.onnx } }\n',
    'fettle.yml',
  );
  expect(models[0]).toMatchObject({ folder: '', source: 'a.onnx', data: [] });
});

test.each([
  ['not YAML', 'version: [', 'not valid YAML'],
  ['no models', 'version: 1\n', '"models"'],
  ['too hostile', `a: &a [1]\n${'b: [*a, *a]\n'.repeat(2)}`, ''],
])('a file with %s is one problem', (_, text, message) => {
  const { models, problems } = readConfiguration(text, 'fettle.yml');
  expect(models).toEqual([]);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.message).toContain(message);
  expect(problems[0]).toMatchObject({ level: 'error', where: 'fettle.yml' });
});
