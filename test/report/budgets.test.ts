import { describe, expect, it } from 'vitest';
import { InputError } from '../../shared/base/errors.ts';
import { parseBudget, parseBudgetFlag, parseBudgets } from '../../shared/report/budgets.ts';

describe('parseBudget', () => {
  it.each([
    ['size', '5 MB', { kind: 'absolute', value: 5_000_000 }],
    ['size', '5MB', { kind: 'absolute', value: 5_000_000 }],
    ['size', '1.5 kB', { kind: 'absolute', value: 1500 }],
    ['size', '300 KB', { kind: 'absolute', value: 300_000 }],
    ['size', '2 MiB', { kind: 'absolute', value: 2 * 1024 * 1024 }],
    ['size', '1 GB', { kind: 'absolute', value: 1e9 }],
    ['size', 5_000_000, { kind: 'absolute', value: 5_000_000 }],
    ['size', '-50%', { kind: 'relative', change: -0.5 }],
    ['size', '−50 %', { kind: 'relative', change: -0.5 }],
    ['size', '+0%', { kind: 'relative', change: 0 }],
    ['parameters', '1.2M', { kind: 'absolute', value: 1_200_000 }],
    ['ops', 300, { kind: 'absolute', value: 300 }],
    ['latency', '+5%', { kind: 'relative', change: 0.05 }],
    ['latency', '20 ms', { kind: 'absolute', value: 20 }],
    ['latency', '0.5s', { kind: 'absolute', value: 500 }],
    ['latency', '250 µs', { kind: 'absolute', value: 0.25 }],
    ['accuracy', '-0.5pp', { kind: 'points', change: -0.005 }],
    ['accuracy', '-0.5 pp', { kind: 'points', change: -0.005 }],
    ['accuracy', 0.97, { kind: 'absolute', value: 0.97 }],
    ['accuracy', '.97', { kind: 'absolute', value: 0.97 }],
    ['accuracy', '+2%', { kind: 'relative', change: 0.02 }],
    ['fidelity', 0.999, { kind: 'absolute', value: 0.999 }],
    ['fidelity', 1e-7, { kind: 'absolute', value: 1e-7 }],
  ])('%s: %s', (metric, text, limit) => {
    const budget = parseBudget(metric, text);
    expect(budget.metric).toBe(metric);
    expect(budget.limit.kind).toBe(limit.kind);
    const got = budget.limit.kind === 'absolute' ? budget.limit.value : budget.limit.change;
    expect(got).toBeCloseTo('value' in limit ? limit.value : limit.change, 12);
  });

  it.each([
    ['size', '50%', /needs a sign/],
    ['size', '5 parsecs', /unknown unit "parsecs"/],
    ['size', '-5 MB', /has a sign but neither % nor pp/],
    ['size', '-150%', /less than nothing/],
    ['size', '-1pp', /cannot be given in pp/],
    ['size', 'small', /not a number with a unit/],
    ['size', '', /not a number with a unit/],
    ['size', '5 MB 3', /not a number with a unit/],
    ['size', '1e999', /out of range/],
    ['latency', '20', /needs a unit/],
    ['latency', '20 MB', /unknown unit "MB"/],
    ['accuracy', '-0.005', /has a sign/],
    ['fidelity', '1.5', /above 1/],
    ['fidelity', '-1%', /cannot be given in %/],
  ])('%s: "%s" is refused and the hint shows what to write', (metric, text, message) => {
    expect(() => parseBudget(metric, text, 'fettle.yml:7')).toThrow(message);
    try {
      parseBudget(metric, text, 'fettle.yml:7');
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect(error).toMatchObject({
        where: 'fettle.yml:7',
        hint: expect.stringMatching(/^Write /),
      });
    }
  });

  it.each([
    ['latancy', 'Did you mean "latency"?'],
    ['speed', 'Known: size, '],
    ['constructor', 'Known: size, '],
  ])('an unknown metric "%s" is answered with: %s', (metric, hint) => {
    expect(() => parseBudget(metric, '+5%')).toThrow(InputError);
    try {
      parseBudget(metric, '+5%');
    } catch (error) {
      expect(error).toMatchObject({ hint: expect.stringContaining(hint) });
    }
  });
});

describe('many budgets', () => {
  it('reads a mapping', () => {
    expect(parseBudgets({ size: '5 MB', accuracy: 0.97 }).map((budget) => budget.text)).toEqual([
      '5 MB',
      '0.97',
    ]);
  });

  it('reads the command line', () => {
    expect(parseBudgetFlag('size=-50%, latency=+5%,accuracy=-0.5pp')).toEqual({
      size: '-50%',
      latency: '+5%',
      accuracy: '-0.5pp',
    });
  });

  it.each([
    ['size', /wanted METRIC=LIMIT/],
    ['', /wanted METRIC=LIMIT/],
    ['size=', /wanted METRIC=LIMIT/],
    ['size=-50%,', /wanted METRIC=LIMIT/],
    ['size=-50%,size=-60%', /given twice/],
    ['sise=-50%', /unknown budget "sise"/],
  ])('refuses --budget "%s"', (flag, message) => {
    expect(() => parseBudgetFlag(flag)).toThrow(message);
  });
});
