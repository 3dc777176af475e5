import { expect, test } from 'vitest';
import { FAIL_ON } from '../../action/inputs.ts';
import { failureOf } from '../../action/verdict.ts';
import type { Report, Verdict } from '../../shared/report/schema.ts';

const report = (verdict: Verdict): Report => ({
  schema: 'fettle.report/1',
  tool: { name: 'fettle', version: '0.1.0', runtime: 'x' },
  machine: { cpu: 'x', features: [], cores: 1 },
  startedAt: '2026-01-01T00:00:00Z',
  seconds: 1,
  verdict,
  models: [],
});

test.each<[Verdict, boolean, boolean, boolean]>([
  ['ok', false, false, false],
  ['inconclusive', false, true, false],
  ['regressed', true, true, false],
  ['failed', true, true, false],
])('%s fails on regressed: %s, inconclusive: %s, never: %s', (verdict, ...expected) => {
  const fails = FAIL_ON.map((failOn) =>
    failureOf({ report: report(verdict), problems: [] }, failOn),
  );
  expect(fails.map((reason) => reason !== undefined)).toEqual(expected);
  if (fails[1]) expect(fails[1]).toContain(verdict);
});

test('what could not be done fails always, a warning never', () => {
  const of = (level: 'error' | 'warning') => ({
    report: report('ok'),
    problems: [{ level, message: 'wrong' }],
  });
  expect(failureOf(of('error'), 'never')).toBe('wrong');
  expect(failureOf(of('warning'), 'inconclusive')).toBeUndefined();
  expect(failureOf({ problems: [] }, 'inconclusive')).toBeUndefined();
});
