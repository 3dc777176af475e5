import { describe, expect, test } from 'vitest';
import { checkJudging, flagOf, settingsOf, whole } from '../../shared/cli/settings.ts';

test('only what was given becomes a setting', () => {
  expect(settingsOf({})).toEqual({});
  expect(
    settingsOf({
      data: 'a.npz',
      metric: 'top1',
      variants: 'int8, auto',
      shape: ['x=1,3,224,224', 'n='],
      seed: '7',
      inputs: 'a:0,b:0',
      outputs: 'c:0',
      autoSeconds: '20',
      budget: 'size=-50%',
    }),
  ).toEqual({
    data: { all: { path: 'a.npz' }, metric: 'top1' },
    variants: ['int8', 'auto'],
    inputs: { x: [1, 3, 224, 224], n: [] },
    cut: ['a:0', 'b:0'],
    outputs: ['c:0'],
    seed: 7,
    auto: { seconds: '20' },
    budget: { size: '-50%' },
  });
});

test('what training is told', () => {
  expect(settingsOf({ minutes: '0.5', teacher: 't.h5' })).toEqual({
    train: { minutes: 0.5, teacher: 't.h5' },
  });
  expect(flagOf('train', 'student')).toBe('--student');
});

describe('mistakes name the flag', () => {
  test.each([
    [{ shape: ['1,2,3'] }, '--shape'],
    [{ minutes: '0' }, '--minutes'],
    [{ minutes: 'ten' }, '--minutes'],
    [{ variants: ',' }, '--variants'],
    [{ inputs: ',' }, '--inputs'],
    [{ threads: '0' }, '--threads'],
    [{ seed: '1.5' }, '--seed'],
    [{ opset: '3' }, '--opset'],
    [{ budget: 'size' }, '--budget'],
  ])('%j', (flags, where) => {
    expect(() => settingsOf(flags)).toThrow(expect.objectContaining({ exitCode: 2, where }));
  });
});

test('a setting knows its flag', () => {
  expect(flagOf('auto', 'seconds')).toBe('--auto-seconds');
  expect(flagOf('inputs')).toBe('--shape');
  expect(flagOf('cut')).toBe('--inputs');
  expect(flagOf('outputs')).toBe('--outputs');
});

test('whole numbers', () => {
  expect(whole(undefined, '--n', 0)).toBeUndefined();
  expect(whole('12', '--n', 0)).toBe(12);
  expect(() => whole('1e3', '--n', 0)).toThrow(/whole number/);
});

test('labels and metrics without samples are refused', () => {
  checkJudging({});
  checkJudging({ metric: 'fidelity' });
  checkJudging({ metric: 'top1', data: 'x.npz' });
  expect(() => checkJudging({ metric: 'top1', calibration: 'x.npz' })).toThrow(
    /the metric top1 is given, and no samples to judge/,
  );
  expect(() => checkJudging({ labels: 'y.json' })).toThrow(
    expect.objectContaining({ exitCode: 2, where: '--labels' }),
  );
});

test.each([
  { opset: '99' },
  { opset: '6' },
  { threads: '100000' },
  { threads: '0' },
  { shape: ['image=0,8,8,1'] },
])('out of range: %j', (flags) => {
  expect(() => settingsOf(flags)).toThrow(expect.objectContaining({ exitCode: 2 }));
});
