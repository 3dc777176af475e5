import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ModelSettings } from '../../shared/pipeline/config/schema.ts';
import {
  isPathLike,
  mergeSettings,
  resolveJob,
  TRAIN_MINUTES,
  trainedVariants,
} from '../../shared/pipeline/job.ts';

const folder = resolve('/projects/a');
const job = (settings: ModelSettings = {}, name?: string) =>
  resolveJob({
    source: 'models/digits.onnx',
    folder,
    settings,
    where: (key, inner) => `--${inner ?? key}`,
    ...(name !== undefined && { name }),
  });

test('defaults', () => {
  expect(job()).toMatchObject({
    name: 'digits',
    source: resolve(folder, 'models/digits.onnx'),
    shownSource: 'models/digits.onnx',
    variants: ['float16', 'int8', 'int4', 'auto'],
    asksForFloat32: false,
    targets: ['onnx'],
    threads: 1,
    ship: 'float32',
    budgets: {},
    seed: 0,
  });
  expect(job({}, 'other').name).toBe('other');
});

test('float32 is always made, so it is not a variant to make', () => {
  expect(job({ variants: ['float32', 'int8', 'int8'] })).toMatchObject({
    variants: ['int8'],
    asksForFloat32: true,
  });
});

test('paths are absolute, labels and image input go to the files they belong to', () => {
  const { data } = job({
    data: {
      all: { path: 'a.npz' },
      labels: 'labels.json',
      input: { size: 8 },
      metric: './m.ts',
      alphabet: 'keys.txt',
    },
  });
  expect(data).toEqual({
    all: {
      path: resolve(folder, 'a.npz'),
      labels: resolve(folder, 'labels.json'),
      input: { size: 8 },
    },
    metric: resolve(folder, 'm.ts'),
    alphabet: resolve(folder, 'keys.txt'),
  });
  const split = job({
    data: {
      calibration: { path: 'c.npz' },
      evaluation: { path: 'e.npz' },
      labels: 'l.json',
      metric: 'top1',
    },
  }).data;
  expect(split.calibration).toEqual({ path: resolve(folder, 'c.npz') });
  expect(split.evaluation).toMatchObject({ labels: resolve(folder, 'l.json') });
  expect(split.metric).toBe('top1');
});

test('budget goes to the shipped variant', () => {
  const made = job({
    ship: 'int8',
    budget: { size: '-50%' },
    budgets: { int4: { accuracy: 0.9 }, int8: { latency: '+5%' } },
  });
  expect(made.budgets).toEqual({
    int8: { latency: '+5%', size: '-50%' },
    int4: { accuracy: '0.9' },
  });
});

test('amounts', () => {
  expect(job({}).autoSeconds).toBe(60);
  expect(job({ auto: { seconds: '2 min' } }).autoSeconds).toBe(120);
  expect(() => job({ auto: { seconds: 'soon' } })).toThrow(/cannot read "soon"/);
  expect(job({ timeout: '5 min', memory: '2 GB', seconds: 20 })).toMatchObject({
    timeout: 300,
    memoryBytes: 2e9,
    seconds: 20,
  });
});

test('auto tries trained variants where there are samples and granted minutes', () => {
  const tried = (settings: ModelSettings) => job(settings).autoTrains;
  const data = { training: { path: 't.npz' } };
  const train = { minutes: 5 };
  expect(tried({ data, train })).toEqual(['int8-qat', 'slim-50', 'slim-50+int8-qat']);
  expect(tried({ data: { all: { path: 'a.npz' } }, train })).toHaveLength(3);
  expect(tried({ data, train, variants: ['auto', 'int8-qat'] })).toEqual([
    'slim-50',
    'slim-50+int8-qat',
  ]);
  expect(tried({ data })).toEqual([]);
  expect(tried({ data: { calibration: { path: 'c.npz' } }, train })).toEqual([]);
  expect(tried({ data, train, variants: ['int8'] })).toEqual([]);
  expect(trainedVariants(job({ data, train, variants: ['auto', 'pruned-90'] }))).toEqual([
    'pruned-90',
    'int8-qat',
    'slim-50',
    'slim-50+int8-qat',
  ]);
  expect(job({ data, train }).notes).toEqual([]);
});

describe('mistakes name where they were written', () => {
  test.each<[ModelSettings, number, string]>([
    [{ ship: 'int8', variants: ['int4'] }, 2, '--ship'],
    [{ targets: ['tvm'] }, 3, '--targets'],
    [{ hardware: ['riscv'] }, 2, '--hardware'],
    [{ budget: { size: 'small' } }, 2, '--budget'],
    [{ timeout: 'soon' }, 2, '--timeout'],
    [{ data: { metric: 'top7' } }, 2, '--metric'],
    [{ variants: ['int8'], budgets: { int4: { size: '-50%' } } }, 2, '--int4'],
  ])('%j', (settings, exitCode, where) => {
    expect(() => job(settings)).toThrow(expect.objectContaining({ exitCode, where }));
  });
});

test('flags override the file key by key', () => {
  const merged = mergeSettings(
    { threads: 2, data: { calibration: { path: 'c' }, metric: 'top1' }, variants: ['int8'] },
    { data: { evaluation: { path: 'e' } }, variants: ['int4'] },
  );
  expect(merged).toEqual({
    threads: 2,
    variants: ['int4'],
    data: { calibration: { path: 'c' }, evaluation: { path: 'e' }, metric: 'top1' },
  });
});

test('a metric that is a module', () => {
  expect(['./m.ts', 'm.mjs', '/a/m', 'top1', 'ctc-exact'].map(isPathLike)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('a name that leads out of the output folder is refused', () => {
  expect(() => job({}, '../esc/x')).toThrow(
    expect.objectContaining({ exitCode: 2, where: '--name' }),
  );
  expect(job({}, 'vision/digits').name).toBe('vision/digits');
});

test('how it is trained: defaults depend on the samples, and models lie where they are named', () => {
  expect(job({}).train).toEqual({ minutes: TRAIN_MINUTES });
  const train = { minutes: 2, rate: 0.01, teacher: 'big/t.h5', student: '/s.onnx' };
  expect(job({ train, variants: ['distilled'] }).train).toEqual({
    ...{ minutes: 2, rate: 0.01 },
    teacher: { path: resolve(folder, 'big/t.h5'), shown: 'big/t.h5' },
    student: { path: '/s.onnx', shown: '/s.onnx' },
  });
  expect(job({ train, variants: ['slim-50'] }).notes).toEqual([
    expect.stringContaining('/s.onnx is not used, no variant of this job is distilled'),
  ]);
});

test('settings for training where nothing is trained are noted', () => {
  const train = { epochs: 2 };
  expect(job({ train, variants: ['int8'] }).notes).toEqual([
    expect.stringContaining('train: not used'),
  ]);
  expect(job({ train, variants: ['int8-qat'] }).notes).toEqual([]);
});
