/**
 * Judges a report: which comparisons gate, which budgets are broken, and the verdicts that follow.
 *
 * The variant named by `ship` gates, and those with budgets of their own. Over all noisy gating
 * comparisons of one report Holm's correction holds the rate of false alarms per report; bytes, counts
 * and cosines gate exactly. An inconclusive comparison never breaks a budget, and is said.
 */

import { type Budget, parseBudgets } from './budgets.ts';
import {
  type Comparison,
  compareAccuracyWithBase,
  compareLatencyWithBase,
  compareWithBudget,
} from './comparison.ts';
import { gateSentence } from './gate-sentence.ts';
import { holmReject } from './holm.ts';
import { CONFIDENCE, pValueAbove } from './interval.ts';
import { rollUp } from './roll-up.ts';
import type { Gate, ModelReport, Report, VariantRow, Verdict } from './schema.ts';

/** What the pipeline hands over: everything of a report but the judgements. */
export type RowDraft = Omit<VariantRow, 'verdict'>;
export type ModelDraft = Omit<ModelReport, 'verdict' | 'gates' | 'variants'> & {
  readonly variants: readonly RowDraft[];
};
export type ReportDraft = Omit<Report, 'schema' | 'verdict' | 'models'> & {
  readonly models: readonly ModelDraft[];
};

export const DEFAULT_SHIP = 'float32';

type Decision = Pick<Gate, 'result' | 'pValue'>;

/** One gating comparison with all that its sentence needs. */
interface GateDraft {
  readonly row: VariantRow;
  readonly metric: Gate['metric'];
  readonly budget?: Budget;
  readonly comparison: Comparison;
}

/** The same report with `verdict` of rows, models and whole, and each model's `gates`. */
export function judgeReport(draft: ReportDraft): Report {
  const kind = draft.comparison?.kind ?? 'variants';
  const drafts = draft.models.map((model) => ({
    model,
    gates: gateDrafts(model, isAlone(model, kind) ? 'variants' : kind),
  }));
  const results = decide(drafts.flatMap(({ gates }) => gates));
  let next = 0;
  const models = drafts.map(({ model, gates }) => {
    const judged = gates.map((gate) => toGate(gate, results[next++]));
    return judgeModel(model, judged);
  });
  return {
    schema: 'fettle.report/1',
    ...draft,
    verdict: rollUp(models.map((model) => model.verdict)),
    models,
  };
}

/** A model that nothing was measured beside was compared with its own float32 form. */
const isAlone = (
  { change }: ModelDraft,
  kind: NonNullable<Report['comparison']>['kind'],
): boolean => change === 'added' || (kind === 'models' && change === 'unchanged');

function gateDrafts(model: ModelDraft, kind: 'variants' | 'models' | 'reports'): GateDraft[] {
  if (model.change === 'removed') return [];
  const ship = model.ship ?? DEFAULT_SHIP;
  const hasBudgets = Object.values(model.budgets ?? {}).some((own) => Object.keys(own).length > 0);
  const gates: GateDraft[] = [];
  for (const draft of model.variants) {
    if (draft.status !== 'done') continue;
    const row: VariantRow = { ...draft, verdict: 'ok' };
    const isBase = kind === 'variants' && row.name === DEFAULT_SHIP;
    const written = ownBudgets(model, row.name);
    for (const budget of parseBudgets(written, `the budget of ${row.name}`)) {
      const comparison = compareWithBudget(row, budget, isBase);
      gates.push({ row, metric: budget.metric, budget, comparison });
    }
    if (hasBudgets || row.name !== ship) continue;
    if (row.accuracy?.difference !== undefined) {
      const comparison = compareAccuracyWithBase(row.accuracy);
      gates.push({ row, metric: 'accuracy', comparison });
    }
    if (kind === 'models' && row.latency?.ratio !== undefined) {
      gates.push({ row, metric: 'latency', comparison: compareLatencyWithBase(row.latency) });
    }
  }
  return gates;
}

/** Holm over the noisy comparisons of the whole report; the rest as they stand. */
function decide(gates: readonly GateDraft[]): readonly Decision[] {
  const pValues = gates.flatMap(({ comparison }) =>
    comparison.kind === 'interval' ? [pValueAbove(comparison.loss, comparison.limit)] : [],
  );
  const rejected = holmReject(pValues, 1 - CONFIDENCE);
  let next = 0;
  return gates.map(({ comparison }) => {
    if (comparison.kind !== 'interval') return decideExactly(comparison);
    const pValue = pValues[next] ?? 1;
    const isBroken = comparison.mayBreak && rejected[next] === true;
    next++;
    if (isBroken) return { result: 'broken', pValue };
    return { result: comparison.isKept ? 'kept' : 'inconclusive', pValue };
  });
}

function decideExactly(comparison: Exclude<Comparison, { kind: 'interval' }>): Decision {
  switch (comparison.kind) {
    case 'exact':
      return { result: comparison.kept ? 'kept' : 'broken' };
    case 'undecided':
      return { result: 'inconclusive' };
    case 'not-measured':
      return { result: 'not-measured' };
  }
}

function toGate(
  { row, metric, budget, comparison }: GateDraft,
  decided: Decision = { result: 'not-measured' },
): Gate {
  const { name: variant, target, hardware } = row;
  const why = 'why' in comparison ? comparison.why : undefined;
  const sentence = gateSentence(row, metric, budget?.text, decided.result, why);
  const written = budget === undefined ? {} : { budget: budget.text };
  return { variant, target, hardware, metric, ...written, ...decided, sentence };
}

function judgeModel(model: ModelDraft, gates: readonly Gate[]): ModelReport {
  const made = new Set(model.variants.flatMap((row) => (row.status === 'done' ? [row.name] : [])));
  const variants = model.variants.map(
    (row): VariantRow => ({ ...row, verdict: rowVerdict(row, model, made, gates) }),
  );
  // What was to be shipped is missing: no other variant makes up for that.
  const isLost =
    model.change !== 'removed' &&
    (model.reason !== undefined || !made.has(model.ship ?? DEFAULT_SHIP));
  const gating = variants.filter((row) => isGating(model, row.name)).map((row) => row.verdict);
  // Whatever is made of a wrong conversion, or compared with one, is wrong.
  const isWrong = model.source.agrees === false || model.base?.agrees === false;
  const verdict = rollUp([
    ...(isLost ? (['failed'] as const) : []),
    ...(isWrong ? (['regressed'] as const) : []),
    ...gating,
  ]);
  return { ...model, verdict, variants, ...(gates.length === 0 ? {} : { gates: [...gates] }) };
}

function rowVerdict(
  row: RowDraft,
  model: ModelDraft,
  made: ReadonlySet<string>,
  gates: readonly Gate[],
): Verdict {
  if (row.status === 'failed') return 'failed';
  // One target of a shipped variant may be out of reach as long as another was built.
  if (row.status === 'skipped') {
    return isGating(model, row.name) && !made.has(row.name) ? 'failed' : 'ok';
  }
  if (row.unmeasured !== undefined && isGating(model, row.name)) return 'inconclusive';
  const own = gates.filter((gate) => gate.variant === row.name);
  const here = own.filter((gate) => gate.target === row.target && gate.hardware === row.hardware);
  return rollUp(
    here.map((gate): Verdict => {
      if (gate.result === 'broken') return 'regressed';
      if (gate.result === 'inconclusive') return 'inconclusive';
      if (gate.result === 'kept') return 'ok';
      // An ARM build's latency is not known on x64: that is said once, where no build could be timed.
      const isKnownElsewhere = own.some(
        (other) => other.metric === gate.metric && other.result !== 'not-measured',
      );
      return isKnownElsewhere ? 'ok' : 'inconclusive';
    }),
  );
}

/** The variant to ship, and those with budgets of their own. */
function isGating(model: ModelDraft, variant: string): boolean {
  const hasOwn = Object.keys(ownBudgets(model, variant)).length > 0;
  return hasOwn || variant === (model.ship ?? DEFAULT_SHIP);
}

function ownBudgets(model: ModelDraft, variant: string): Readonly<Record<string, string>> {
  const budgets = model.budgets ?? {};
  return Object.hasOwn(budgets, variant) ? (budgets[variant] ?? {}) : {};
}
