import { describe, expect, it } from 'vitest';
import { exitCodeOfReport, rollUp } from '../../shared/report/roll-up.ts';
import type { ModelReport } from '../../shared/report/schema.ts';
import { makeModel, makeReport, makeRow } from './make-report.ts';

describe('rollUp', () => {
  it.each([
    [[], 'ok'],
    [['ok', 'ok'], 'ok'],
    [['ok', 'inconclusive'], 'inconclusive'],
    [['inconclusive', 'regressed', 'ok'], 'regressed'],
    [['regressed', 'failed'], 'failed'],
  ] as const)('%j is %s', (verdicts, all) => {
    expect(rollUp(verdicts)).toBe(all);
  });
});

describe('exitCodeOfReport', () => {
  const unmade = (code?: number) =>
    makeRow({
      status: 'failed',
      reason: 'why',
      verdict: 'failed',
      ...(code === undefined ? {} : { code }),
    });
  const unread = (code: number): ModelReport =>
    makeModel({ variants: [], reason: 'why', code, verdict: 'failed' });

  it.each([
    ['ok', 0, [makeModel()], 'ok'],
    ['inconclusive', 0, [makeModel()], 'inconclusive'],
    ['a broken budget', 1, [makeModel()], 'regressed'],
    [
      'one variant failed beside a good one',
      0,
      [makeModel({ variants: [makeRow(), unmade(4)] })],
      'ok',
    ],
    ['the shipped one failed', 1, [makeModel({ variants: [makeRow(), unmade(3)] })], 'failed'],
    ['none was made', 3, [makeModel({ variants: [unmade(), unmade(3)] })], 'failed'],
    ['none, all by limits', 4, [makeModel({ variants: [unmade(4), unmade(4)] })], 'failed'],
    ['none, some by limits', 3, [makeModel({ variants: [unmade(4), unmade(3)] })], 'failed'],
    [
      'none that was asked for',
      3,
      [makeModel({ asked: ['int8'], variants: [makeRow(), { ...unmade(3), name: 'int8' }] })],
      'ok',
    ],
    [
      'none that was asked for, by limits',
      4,
      [makeModel({ asked: ['int8'], variants: [makeRow(), { ...unmade(4), name: 'int8' }] })],
      'ok',
    ],
    [
      'float32, asked for by name',
      0,
      [
        makeModel({
          asked: ['float32', 'int8'],
          variants: [makeRow(), { ...unmade(3), name: 'int8' }],
        }),
      ],
      'ok',
    ],
    ['the only model is no model', 2, [unread(2)], 'failed'],
    ['one of two models is no model', 2, [makeModel(), unread(2)], 'failed'],
    ['nothing asked for', 0, [], 'ok'],
  ] as const)('%s: %d', (_, code, models, verdict) => {
    expect(exitCodeOfReport(makeReport({ models: [...models], verdict }))).toBe(code);
  });
});
