/**
 * Budgets as users write them: `size: 5 MB | -50%`, `latency: +5% | 20 ms`, `accuracy: -0.5pp | 0.97`
 * (`+2%` for an error metric), `fidelity: 0.999`; and `size=-50%,latency=+5%` on the command line.
 */

import { InputError } from '../base/errors.ts';
import { BYTE_UNITS } from '../base/quantity.ts';
import { suggest } from '../base/suggest.ts';

export type BudgetLimit =
  /** The value may be at most (for accuracy: at least) base × (1 + change). */
  | { readonly kind: 'relative'; readonly change: number }
  /** The value may be at least base + change; change is a fraction, −0.5pp is −0.005. */
  | { readonly kind: 'points'; readonly change: number }
  /** Bytes, milliseconds, a count or the metric's own value. */
  | { readonly kind: 'absolute'; readonly value: number };

export interface Budget {
  readonly metric: BudgetMetric;
  /** As written, for messages. */
  readonly text: string;
  readonly limit: BudgetLimit;
}

export type BudgetMetric = keyof typeof FORMS;

/** Factors to milliseconds, in which a limit on time is kept. */
const TIME_UNITS: Readonly<Record<string, number>> = { us: 1e-3, µs: 1e-3, ms: 1, s: 1e3 };
const COUNT_UNITS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9 };

interface Form {
  /** Factors by unit for an absolute limit; `''` allows a bare number. */
  readonly units: Readonly<Record<string, number>>;
  readonly relative: boolean;
  readonly points: boolean;
  /** Bounds of an absolute limit. */
  readonly max?: number;
  readonly examples: string;
}

const FORMS = {
  size: {
    units: BYTE_UNITS,
    relative: true,
    points: false,
    examples: '"5 MB", "300 KiB" or "-50%"',
  },
  parameters: {
    units: { ...COUNT_UNITS, '': 1 },
    relative: true,
    points: false,
    examples: '1200000, "1.2M" or "+0%"',
  },
  ops: { units: { '': 1 }, relative: true, points: false, examples: '300 or "+0%"' },
  latency: { units: TIME_UNITS, relative: true, points: false, examples: '"+5%" or "20 ms"' },
  accuracy: {
    units: { '': 1 },
    relative: true,
    points: true,
    examples: '"-0.5pp" or 0.97; for an error metric "+2%" or 0.12',
  },
  fidelity: { units: { '': 1 }, relative: false, points: false, max: 1, examples: '0.999' },
} as const satisfies Record<string, Form>;

export const BUDGET_METRICS = Object.keys(FORMS) as readonly BudgetMetric[];

/**
 * One budget; `where` names file and line for the message.
 * Throws an InputError that shows the accepted forms.
 */
export function parseBudget(metric: string, written: string | number, where?: string): Budget {
  const form: Form | undefined = isBudgetMetric(metric) ? FORMS[metric] : undefined;
  if (form === undefined || !isBudgetMetric(metric)) throw unknownMetric(metric, where);
  const text = typeof written === 'number' ? String(written) : written.trim();
  const match = /^([+\-−]?)(\d+(?:\.\d+)?|\.\d+)(?:e([+-]?\d{1,3}))?\s*(\D*)$/iu.exec(text);
  if (match === null) throw refuse(metric, text, 'is not a number with a unit', form, where);
  const [, sign = '', digits = '', exponent = '0', rawUnit = ''] = match;
  const negative = sign === '-' || sign === '−';
  const value = Number(`${digits}e${exponent}`) * (negative ? -1 : 1);
  const unit = rawUnit.trim().toLowerCase();
  if (!Number.isFinite(value)) throw refuse(metric, text, 'is out of range', form, where);

  if (unit === '%' || unit === 'pp') {
    if (!(unit === '%' ? form.relative : form.points)) {
      throw refuse(metric, text, `cannot be given in ${unit}`, form, where);
    }
    // "5%" could mean 5 % of the base or 5 % more than it.
    if (sign === '') throw refuse(metric, text, 'needs a sign, + or -', form, where);
    const change = value / 100;
    if (unit === '%' && change < -1) {
      throw refuse(metric, text, 'asks for less than nothing', form, where);
    }
    return { metric, text, limit: { kind: unit === '%' ? 'relative' : 'points', change } };
  }

  const factor = Object.hasOwn(form.units, unit) ? form.units[unit] : undefined;
  if (factor === undefined) {
    const problem = unit === '' ? 'needs a unit' : `has the unknown unit "${rawUnit.trim()}"`;
    throw refuse(metric, text, problem, form, where);
  }
  if (sign !== '') {
    throw refuse(metric, text, 'has a sign but neither % nor pp', form, where);
  }
  if (value > (form.max ?? Number.POSITIVE_INFINITY)) {
    throw refuse(metric, text, `is above ${form.max}`, form, where);
  }
  return { metric, text, limit: { kind: 'absolute', value: value * factor } };
}

/** The budgets of one variant, as a mapping in `fettle.yml` gives them. */
export function parseBudgets(
  written: Readonly<Record<string, string | number>>,
  where?: string,
): readonly Budget[] {
  return Object.entries(written).map(([metric, text]) => parseBudget(metric, text, where));
}

/** The command line's form, `size=-50%,latency=+5%`, as a mapping like that in `fettle.yml`. */
export function parseBudgetFlag(flag: string): Readonly<Record<string, string>> {
  const written: Record<string, string> = {};
  for (const part of flag.split(',')) {
    const equals = part.indexOf('=');
    const metric = part.slice(0, equals).trim();
    const text = part.slice(equals + 1).trim();
    if (equals < 0 || metric === '' || text === '') {
      throw new InputError(`cannot read the budget "${part.trim()}": wanted METRIC=LIMIT`, {
        where: '--budget',
        hint: 'For example: --budget size=-50%,latency=+5%,accuracy=-0.5pp',
      });
    }
    if (Object.hasOwn(written, metric)) {
      throw new InputError(`the budget for ${metric} is given twice`, { where: '--budget' });
    }
    written[parseBudget(metric, text, '--budget').metric] = text;
  }
  return written;
}

function isBudgetMetric(metric: string): metric is BudgetMetric {
  return Object.hasOwn(FORMS, metric);
}

function unknownMetric(metric: string, where: string | undefined): InputError {
  return new InputError(`unknown budget "${metric}"`, {
    ...(where === undefined ? {} : { where }),
    hint: suggest(metric, BUDGET_METRICS),
  });
}

function refuse(
  metric: BudgetMetric,
  text: string,
  problem: string,
  form: Form,
  where: string | undefined,
): InputError {
  return new InputError(`cannot read the budget "${metric}: ${text}": it ${problem}`, {
    ...(where === undefined ? {} : { where }),
    hint: `Write ${form.examples}.`,
  });
}
