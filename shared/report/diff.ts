/**
 * Two reports as one: every model and variant of the head against the same one of the base.
 *
 * The result is an ordinary report whose base is the other report, so that table, comment and page
 * need nothing new: a row a variant, base → head.
 */

import { diffRow, lostRow } from './diff-rows.ts';
import { judgeReport, type ModelDraft } from './gate.ts';
import type { ModelReport, Report, VariantRow } from './schema.ts';

/** What people call the two: a path, a branch. */
export interface DiffLabels {
  readonly base: string;
  readonly head: string;
}

/** `ship` and budgets are the head's; latencies are `not-comparable`, whatever the machines. */
export function diffReports(base: Report, head: Report, labels: DiffLabels): Report {
  const before = new Map(base.models.map((model) => [model.name, model]));
  const after = new Set(head.models.map((model) => model.name));
  const { schema: _, verdict: __, models, notes: ___, protocol: ____, ...rest } = head;
  return judgeReport({
    ...rest,
    comparison: { kind: 'reports', base: { label: labels.base }, head: { label: labels.head } },
    notes: [
      'latencies of two reports are not comparable: give fettle diff the two models to time them side by side',
    ],
    models: [
      ...models.map((model) => diffModel(before.get(model.name), model, labels)),
      ...base.models.filter((model) => !after.has(model.name)).map(removedModel),
    ],
  });
}

function diffModel(
  base: ModelReport | undefined,
  head: ModelReport,
  labels: DiffLabels,
): ModelDraft {
  const { verdict: _, gates: __, auto: ___, variants, ...rest } = head;
  const data = { base: base?.data.evaluationSha256, head: head.data.evaluationSha256 };
  const rowOf = (rows: readonly VariantRow[] = [], like: VariantRow): VariantRow | undefined =>
    rows.find((row) => keyOf(row) === keyOf(like));
  const lost = (base?.variants ?? []).filter(
    (row) => row.status === 'done' && rowOf(variants, row) === undefined,
  );
  const notes = [...(head.notes ?? []), ...recommendationNote(base, head)];
  return {
    ...rest,
    change: base === undefined ? 'added' : isUnchanged(base, head) ? 'unchanged' : 'changed',
    ...(notes.length === 0 ? {} : { notes }),
    variants: [
      ...variants.map((row) => diffRow(rowOf(base?.variants, row), row, data)),
      ...lost.map((row) => lostRow(row, labels.head)),
    ],
  };
}

function removedModel(base: ModelReport): ModelDraft {
  const { name, source, data } = base;
  return { name, source, data, change: 'removed', variants: [] };
}

function recommendationNote(base: ModelReport | undefined, head: ModelReport): string[] {
  if (base?.recommended === undefined || head.recommended === undefined) return [];
  if (base.recommended === head.recommended) return [];
  return [
    `recommended was ${base.recommended ?? 'nothing'} and is ${head.recommended ?? 'nothing'} now`,
  ];
}

/** The same source and the same bytes of every artifact. */
function isUnchanged(base: ModelReport, head: ModelReport): boolean {
  const digests = (model: ModelReport): string =>
    JSON.stringify([
      model.source.sha256,
      model.variants.map((row) => [keyOf(row), row.status, row.artifact?.sha256]),
    ]);
  return head.source.sha256 !== undefined && digests(base) === digests(head);
}

function keyOf({ name, target, hardware }: VariantRow): string {
  return JSON.stringify([name, target, hardware]);
}
