import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { jobsOf } from '../../../shared/pipeline/config/jobs.ts';
import { parseConfig } from '../../../shared/pipeline/config/read-config.ts';
import type { ModelSettings } from '../../../shared/pipeline/config/schema.ts';

const jobs = (text: string) => jobsOf(parseConfig(text, '/p/fettle.yml'));

test('models in order, over the defaults', () => {
  const [a, b] = jobs(`version: 1
defaults: { seed: 3, data: { metric: top1 } }
models:
  b: { source: x.onnx, data: { all: d.npz } }
  a: { source: y.onnx, seed: 4 }
`);
  expect(a).toMatchObject({
    name: 'b',
    source: resolve('/p/x.onnx'),
    seed: 3,
    data: { all: { path: resolve('/p/d.npz') }, metric: 'top1' },
  });
  expect(b).toMatchObject({ name: 'a', seed: 4 });
});

test('mistakes name the line, of the model or of the defaults', () => {
  const thrown = (text: string) => expect(() => jobs(text));
  thrown('version: 1\nmodels:\n  a:\n    source: a.onnx\n    variants: [int9]\n').toThrow(
    expect.objectContaining({ where: '/p/fettle.yml:5' }),
  );
  thrown('version: 1\ndefaults:\n  targets: [abc]\nmodels:\n  a: { source: a.onnx }\n').toThrow(
    expect.objectContaining({ where: '/p/fettle.yml:3' }),
  );
});

test('a wrong metric and a budget for what is not made name their own line', () => {
  const mistake = (text: string): unknown => {
    try {
      return jobs(text);
    } catch (error) {
      return error;
    }
  };
  expect(
    mistake(
      'version: 1\nmodels:\n  a:\n    source: a.onnx\n    data:\n      all: d.npz\n      metric: top-1\n',
    ),
  ).toMatchObject({
    exitCode: 2,
    where: '/p/fettle.yml:7',
    hint: expect.stringContaining('Did you mean "top1"'),
  });
  expect(
    mistake(
      'version: 1\ndefaults:\n  data:\n    metric: fidelty\nmodels:\n  a: { source: a.onnx }\n',
    ),
  ).toMatchObject({ where: '/p/fettle.yml:4', hint: expect.stringContaining('"fidelity"') });
  expect(
    mistake(
      'version: 1\nmodels:\n  a:\n    source: a.onnx\n    variants: [int8]\n    budgets:\n      int8: { size: -50% }\n      imt8: { size: -50% }\n',
    ),
  ).toMatchObject({
    exitCode: 2,
    where: '/p/fettle.yml:8',
    message: expect.stringContaining('imt8'),
    hint: expect.stringContaining('Did you mean "int8"'),
  });
});

test('one model alone, under flags; mistakes of flags name the flag', () => {
  const file = parseConfig(
    'version: 1\nmodels:\n  a: { source: a.onnx, seed: 1 }\n  b: { source: b.onnx, ship: int8 }\n',
    '/p/fettle.yml',
  );
  const flags = (settings: ModelSettings) => ({
    settings,
    folder: '/here',
    where: (key: string) => `--${key}`,
  });
  expect(
    jobsOf(file, { only: 'a', flags: flags({ seed: 2, data: { all: { path: 'd.npz' } } }) }),
  ).toEqual([
    expect.objectContaining({
      name: 'a',
      source: resolve('/p/a.onnx'),
      seed: 2,
      data: { all: { path: resolve('/here/d.npz') } },
    }),
  ]);
  expect(() => jobsOf(file, { flags: flags({ targets: ['abc'] }) })).toThrow(
    expect.objectContaining({ where: '--targets' }),
  );
  // The file ships what the flag does not make: both are said.
  expect(() => jobsOf(file, { flags: flags({ variants: ['int4'] }) })).toThrow(
    expect.objectContaining({ where: '/p/fettle.yml:4', message: expect.stringContaining('int8') }),
  );
  expect(() => jobsOf(file, { only: 'aa' })).toThrow(
    expect.objectContaining({ exitCode: 2, hint: 'Known: a, b.' }),
  );
});
