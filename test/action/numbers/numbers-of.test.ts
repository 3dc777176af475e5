import { describe, expect, it } from 'vitest';
import { NUMBERS_MAX_BYTES } from '../../../action/inputs.ts';
import { modelKey, numbersOf } from '../../../action/numbers/numbers-of.ts';
import { parseNumbers } from '../../../action/numbers/schema.ts';
import { judgeReport } from '../../../shared/report/gate.ts';
import { pullDraft, pullReport } from '../../report/golden-pull.ts';
import { reportWithNames } from '../../report/hostile.ts';
import { changes } from './_changes.ts';

/** A report of many models with many variants each, and what changed. */
function _many(models: number, rows: number) {
  const [model] = pullDraft.models;
  const [change] = changes;
  const row = model?.variants.find(({ name }) => name === 'int8');
  if (!model || !change || !row) throw new Error('the golden draft has it');
  const names = Array.from({ length: models }, (_, i) => `m${i}`);
  const variants = Array.from({ length: rows }, (_, i) => ({
    ...row,
    name: i === 0 ? 'int8' : `slim-${i}`,
  }));
  return {
    report: judgeReport({
      ...pullDraft,
      models: names.map((name) => ({ ...model, name, variants })),
    }),
    changes: names.map((name) => ({ ...change, name, head: { path: name, files: [] } })),
  };
}

describe('numbersOf', () => {
  it('is read again, with a model each that is there still', () => {
    const numbers = parseNumbers(numbersOf(pullReport, changes));
    const there = changes.filter(({ head }) => head !== undefined);
    expect(numbers.models.map(({ key }) => key)).toEqual(there.map(modelKey));
    expect(numbers.models.find(({ code }) => code !== undefined)?.code).toBe(3);
  });

  it('two hundred models with one row each fit; of more rows the judged ones stay', () => {
    const few = _many(200, 1);
    expect(Buffer.byteLength(numbersOf(few.report, few.changes))).toBeLessThan(NUMBERS_MAX_BYTES);
    const more = _many(40, 40);
    const kept = parseNumbers(numbersOf(more.report, more.changes));
    expect(kept.models.every(({ rows }) => rows.length === 1)).toBe(true);
  });

  it('says so where even that is too long', () => {
    const { report, changes: all } = _many(900, 1);
    expect(() => numbersOf(report, all)).toThrow(/900 models are too long/);
  });

  it('of a report that is none of ours nothing leaves', () => {
    const [change] = changes;
    if (change === undefined) throw new Error('there are changes');
    const named = { ...change, name: 'x' };
    expect(() => numbersOf(reportWithNames('x'), [named])).toThrow(/does not go into numbers/);
  });
});
