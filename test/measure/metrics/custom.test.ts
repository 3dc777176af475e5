import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isModulePath } from '../../../shared/measure/metrics/custom.ts';
import { openMetric } from '../../../shared/measure/metrics/metrics.ts';
import { useTempFolder } from '../data/temp-folder.ts';
import { floats, score, value } from './outputs.ts';

const temp = useTempFolder();
let count = 0;

function open(source: string, allowModules = true) {
  const name = temp(`metric${count++}.mjs`);
  writeFileSync(name, source);
  return openMetric({ name }, { allowModules });
}

describe('a metric module', () => {
  it('scores samples with outputs by name and any label', async () => {
    const metric = await open(
      'export const score = (output, label) => output.y.data[0] + label.add;',
    );
    expect(metric).toMatchObject({
      name: 'metric0',
      higherIsBetter: true,
      isErrorMetric: false,
      kind: 'mean',
    });
    expect(
      value(metric, [
        [floats([1], 1), { add: 1 }],
        [floats([1], 2), { add: 2 }],
      ]),
    ).toBe(3);
  });

  it('may aggregate, and say that less is better', async () => {
    const metric = await open(
      'export const higherIsBetter = false; export function score(o) { return o.y.data[0]; } export const aggregate = (s) => Math.max(...s);',
    );
    expect(metric).toMatchObject({ higherIsBetter: false, isErrorMetric: true, kind: 'aggregate' });
    const rows = { rows: 3, width: 1, values: [5, 1, 2] };
    expect(metric.aggregate(rows)).toBe(5);
    expect(metric.aggregate(rows, [0, 2, 1])).toBe(2);
  });

  it('is not run where that is not allowed', async () => {
    const source = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(temp('ran'))}, ''); export const score = () => 1;`;
    await expect(open(source, false)).rejects.toMatchObject({
      exitCode: 2,
      hint: expect.stringContaining('your own disk'),
    });
    await expect(import('node:fs').then(({ statSync }) => statSync(temp('ran')))).rejects.toThrow(
      /ENOENT/,
    );
  });

  it.each([
    ['export const other = 1;', /exports no function "score"/],
    [
      'export const score = () => 1; export const aggregate = 3;',
      /"aggregate" that is no function/,
    ],
    [
      'export const score = () => 1; export const higherIsBetter = "no";',
      /"higherIsBetter" that is no boolean/,
    ],
    ['syntax error', /cannot be loaded/],
  ])('is refused: %s', async (source, message) => {
    await expect(open(source)).rejects.toThrow(message);
  });

  it.each([
    ['export const score = () => NaN;', /returned NaN from score/],
    ['export const score = async () => 1;', /returned a promise from score/],
    ['export const score = () => { throw new Error("oops"); };', /failed in score: oops/],
  ])('fails on a sample: %s', async (source, message) => {
    const metric = await open(source);
    expect(() => score(metric, floats([1], 1), 0)).toThrow(message);
  });

  it('must exist', async () => {
    await expect(openMetric({ name: temp('none.mjs') }, { allowModules: true })).rejects.toThrow(
      /does not exist/,
    );
  });
});

it('isModulePath tells modules from names', () => {
  expect(['a.js', './b.mjs', '/c/d.ts', 'e.cjs'].every(isModulePath)).toBe(true);
  expect(['top1', 'ctc-exact', 'a.json'].some(isModulePath)).toBe(false);
});
