import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  findConfig,
  parseConfig,
  readConfig,
} from '../../../shared/pipeline/config/read-config.ts';

const dir = mkdtempSync(join(tmpdir(), 'fettle-test-'));
afterAll(() => rmSync(dir, { recursive: true }));

const WHOLE = `
version: 1
store: .cache/store
defaults: { threads: 2, seed: 7 }
models:
  digits:
    source: models/digits.keras
    data: { calibration: data/train.npz, evaluation: data/test.npz, training: data/train.npz, metric: top1 }
    variants: [float16, int8, int4, auto]
    targets: onnx,ort
    hardware: [x64, arm64]
    inputs: { image: [1, 8, 8, 1] }
    threads: 1
    ship: int8
    budget: { size: 5 MB, latency: +5%, accuracy: -0.5pp }
    budgets: { int4: { size: -80% } }
    train: { epochs: 2, rate: 0.001 }
    seconds: 20
    timeout: 5 min
    memory: 2 GB
  small:
    source: small.onnx
    data: test.npz
`;

const mistake = (text: string): unknown => {
  try {
    parseConfig(text, 'fettle.yml');
  } catch (error) {
    return error;
  }
  return undefined;
};

test('the whole of the documented file is understood', () => {
  const { config, where } = parseConfig(WHOLE, 'fettle.yml');
  expect(config.models.digits).toMatchObject({
    source: 'models/digits.keras',
    data: { calibration: { path: 'data/train.npz' }, metric: 'top1' },
    targets: ['onnx', 'ort'],
    inputs: { image: [1, 8, 8, 1] },
    timeout: '5 min',
  });
  expect(config.models.small?.data).toEqual({ all: { path: 'test.npz' } });
  expect(where(['models', 'digits', 'ship'])).toBe('fettle.yml:14');
  expect(where(['models', 'digits', 'variants', 1])).toBe('fettle.yml:9');
});

describe('every mistake names its line', () => {
  test.each<[string, string, RegExp, string, RegExp]>([
    [
      'a misspelt key',
      'version: 1\nmodels:\n  a:\n    source: a.onnx\n    varients: [int8]\n',
      /unknown key "varients" in "models\.a"/,
      'fettle.yml:5',
      /Did you mean "variants"/,
    ],
    [
      'a misspelt key at the top',
      'version: 1\nmodles:\n  a: { source: a.onnx }\n',
      /models|modles/,
      'fettle.yml',
      /./,
    ],
    [
      'a misspelt key in data',
      'version: 1\nmodels:\n  a:\n    source: a.onnx\n    data:\n      calibrate: x.npz\n',
      /unknown key "calibrate" in "models\.a\.data"/,
      'fettle.yml:6',
      /Did you mean "calibration"/,
    ],
    [
      'a missing source',
      'version: 1\nmodels:\n  a:\n    threads: 1\n',
      /"models\.a\.source": is required/,
      'fettle.yml:3',
      /configuration\.md/,
    ],
    [
      'a wrong version',
      'version: 2\nmodels: { a: { source: a } }\n',
      /"version"/,
      'fettle.yml:1',
      /configuration\.md/,
    ],
    [
      'a wrong type',
      'version: 1\nmodels:\n  a:\n    source: a.onnx\n    threads: many\n',
      /"models\.a\.threads".*number/,
      'fettle.yml:5',
      /./,
    ],
    [
      'a list for a path',
      'version: 1\nmodels:\n  a:\n    source: a.onnx\n    data: [a, b]\n',
      /"models\.a\.data".*string or object/,
      'fettle.yml:5',
      /./,
    ],
    [
      'a name that is no file name',
      'version: 1\nmodels:\n  "a b": { source: a.onnx }\n',
      /model name|Invalid key/i,
      'fettle.yml:3',
      /./,
    ],
    [
      'broken YAML',
      'version: 1\nmodels:\n  a: [unclosed\n',
      /not valid YAML/,
      'fettle.yml',
      /indentation/,
    ],
    [
      'a key given twice',
      'version: 1\nversion: 1\nmodels: { a: { source: a } }\n',
      /unique/,
      'fettle.yml:2',
      /./,
    ],
  ])('%s', (_, text, message, where, hint) => {
    expect(mistake(text)).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
      where: expect.stringContaining(where),
      hint: expect.stringMatching(hint),
    });
  });

  test('an empty file, a list, text', () => {
    expect(mistake('')).toMatchObject({ exitCode: 2, message: expect.stringContaining('empty') });
    expect(mistake('- a\n')).toMatchObject({ exitCode: 2 });
    expect(mistake('hello')).toMatchObject({ exitCode: 2 });
  });
});

test('a file that is not there, and finding the one of a folder', async () => {
  await expect(readConfig(join(dir, 'none.yml'))).rejects.toMatchObject({ exitCode: 2 });
  expect(findConfig(dir)).toBeUndefined();
  writeFileSync(join(dir, 'fettle.yaml'), 'version: 1\nmodels: { a: { source: a.onnx } }\n');
  expect(findConfig(dir)).toBe(join(dir, 'fettle.yaml'));
  expect((await readConfig(join(dir, 'fettle.yaml'))).folder).toBe(dir);
});

test.each(['../esc/x', '/abs', 'a//b', 'a/..', 'a\\b'])('the model name %j is refused', (name) => {
  expect(mistake(`version: 1\nmodels:\n  '${name}': { source: a.onnx }\n`)).toMatchObject({
    exitCode: 2,
    where: 'fettle.yml:3',
  });
});
