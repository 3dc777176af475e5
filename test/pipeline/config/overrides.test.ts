import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { overrideSettings } from '../../../shared/pipeline/config/overrides.ts';

const over = (
  model: Parameters<typeof overrideSettings>[0],
  settings: Parameters<typeof overrideSettings>[0],
) => overrideSettings(model, { settings, folder: '/here' });

test('flags win key by key, the rest of the file stays', () => {
  expect(
    over(
      { seed: 3, seconds: 9, data: { evaluation: { path: 'e.npz' }, metric: 'top1' } },
      { seconds: '3', data: { calibration: { path: 'c.npz' } } },
    ),
  ).toEqual({
    seed: 3,
    seconds: '3',
    data: {
      evaluation: { path: 'e.npz' },
      calibration: { path: resolve('/here/c.npz') },
      metric: 'top1',
    },
  });
});

test('paths of flags start from where the command runs; names and addresses stay', () => {
  const { data } = over(
    {},
    {
      data: {
        all: { path: 'https://example.com/a.npz' },
        labels: 'l.json',
        metric: './m.ts',
        alphabet: 'a.txt',
      },
    },
  );
  expect(data).toEqual({
    all: { path: 'https://example.com/a.npz' },
    labels: resolve('/here/l.json'),
    metric: resolve('/here/m.ts'),
    alphabet: resolve('/here/a.txt'),
  });
  expect(over({}, { data: { metric: 'top5' } }).data).toEqual({ metric: 'top5' });
});

test('models that take part in training start from there, too; the rest of the file stays', () => {
  expect(
    over({ train: { epochs: 3, teacher: 't.h5' } }, { train: { teacher: 'u.h5' } }).train,
  ).toEqual({
    epochs: 3,
    teacher: resolve('/here/u.h5'),
  });
});

test('labels of the file stay with its samples, labels of a flag replace them', () => {
  const file = { data: { evaluation: { path: 'e.npz' }, labels: 'e.json' } };
  expect(over(file, { data: { all: { path: '/a.npz' } } }).data).toEqual({
    evaluation: { path: 'e.npz', labels: 'e.json' },
    all: { path: '/a.npz' },
  });
  expect(over(file, { data: { evaluation: { path: '/f.npz' } } }).data).toEqual({
    evaluation: { path: '/f.npz' },
  });
  expect(over(file, { data: { labels: '/f.json' } }).data).toEqual({
    evaluation: { path: 'e.npz' },
    labels: '/f.json',
  });
});

test('budgets for variants that a flag leaves out have nothing to hold for', () => {
  const file = { budgets: { int8: { size: '-50%' }, int4: { size: '-60%' }, float32: {} } };
  expect(over(file, { variants: ['int4'] }).budgets).toEqual({
    int4: { size: '-60%' },
    float32: {},
  });
  expect(over(file, { seed: 1 }).budgets).toEqual(file.budgets);
});
