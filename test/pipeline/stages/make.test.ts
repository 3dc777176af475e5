import { expect, test } from 'vitest';
import {
  buildTaskId,
  compressTaskId,
  extraCandidates,
  wantsAuto,
} from '../../../shared/pipeline/stages/make.ts';
import { digitsJob } from '../inline-context.ts';

const machine = { cpu: 'c', features: ['avx2'], cores: 2 };
const native = 'x64';

test('auto looks at the first hardware that is measured', () => {
  expect(wantsAuto(digitsJob({ variants: ['auto'] }), { machine }, native)).toBe(true);
  expect(wantsAuto(digitsJob({ variants: ['int8'] }), { machine }, native)).toBe(false);
  expect(
    wantsAuto(digitsJob({ variants: ['auto'], hardware: ['cuda'] }), { machine }, 'cuda'),
  ).toBe(false);
});

test('extra candidates are those not asked for', () => {
  const all = ['int8-dynamic', 'int8-weights', 'int4', 'float16', 'int8'];
  const auto = digitsJob({ variants: ['auto'] });
  expect(extraCandidates(auto, true)).toEqual(all);
  // Calibrated on made-up inputs it could not be chosen.
  expect(extraCandidates(auto, false)).toEqual(all.slice(0, -1));
  const more = digitsJob({ variants: ['float16', 'int8', 'int4', 'auto', 'int8-dynamic'] });
  expect(extraCandidates(more, true)).toEqual(['int8-weights']);
});

test('trained ones come last, of a job that has samples and minutes for it', () => {
  const data = { training: { path: 'train.npz' } };
  const job = digitsJob({ variants: ['auto', 'slim-50'], data, train: { minutes: 2 } });
  expect(extraCandidates(job, true).slice(-2)).toEqual(['int8-qat', 'slim-50+int8-qat']);
});

test('task names tell variant, hardware and target apart', () => {
  const ids = [
    compressTaskId('int8', 'x64'),
    compressTaskId('int8', 'arm64'),
    buildTaskId('int8', 'x64', 'ort'),
    buildTaskId('int4', 'x64', 'ort'),
  ];
  expect(new Set(ids).size).toBe(4);
});
