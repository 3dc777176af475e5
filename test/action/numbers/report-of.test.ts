import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numbersOf } from '../../../action/numbers/numbers-of.ts';
import { reportOf } from '../../../action/numbers/report-of.ts';
import { InputError } from '../../../shared/base/errors.ts';
import { renderMarkdown } from '../../../shared/report/markdown.ts';
import type { Report } from '../../../shared/report/schema.ts';
import { pullReport } from '../../report/golden-pull.ts';
import { hostileText } from '../../report/hostile.ts';
import { changes, facts } from './_changes.ts';

const text = numbersOf(pullReport, changes);
const verdicts = ({ verdict, models }: Report) => [
  verdict,
  models.map((model) => [
    model.name,
    model.verdict,
    model.change,
    model.gates?.map(({ variant, metric, budget, result }) => [variant, metric, budget, result]),
    model.variants.map(({ name, verdict: own, latency, accuracy }) => [
      name,
      own,
      latency?.verdict,
      accuracy?.verdict,
    ]),
  ]),
];
const edited = (edit: (numbers: Numbers) => void): string => {
  const numbers: Numbers = JSON.parse(text);
  edit(numbers);
  return JSON.stringify(numbers);
};
interface Numbers {
  models: { key: string; code?: number; rows: Record<string, unknown>[] }[];
}
const rowOf = (report: Report, model: string, row: string) =>
  report.models.find(({ name }) => name === model)?.variants.find(({ name }) => name === row);

describe('there and back', () => {
  it('every verdict is the same, made anew', () => {
    const again = reportOf(text, facts);
    expect(verdicts(again)).toEqual(verdicts(pullReport));
    expect(again.models.map(({ verdict }) => verdict)).toEqual(
      pullReport.models.map(({ verdict }) => verdict),
    );
  });

  it('no sentence of the job that measured gets through', () => {
    const said = JSON.stringify(reportOf(text, facts));
    for (const word of ['EPYC', 'sensitivity', 'torch.onnx.export', '4,096']) {
      expect(JSON.stringify(pullReport)).toContain(word);
      expect(text).not.toContain(word);
      expect(said).not.toContain(word);
    }
  });
});

describe('a stranger who makes numbers up', () => {
  it('cannot say a verdict: it follows from the interval', () => {
    const forged = edited(({ models }) => {
      for (const { rows } of models) {
        for (const row of rows) {
          if (row.variant === 'int8' && row.size) row.size = { bytes: 999_999, base: 1 };
        }
      }
    });
    expect(reportOf(forged, facts).verdict).not.toBe('ok');
  });

  it('cannot say how large a file is that GitHub knows', () => {
    const forged = edited(({ models }) => {
      for (const { rows } of models) for (const row of rows) row.size = { bytes: 1, base: 1 };
    });
    const row = rowOf(reportOf(forged, facts), 'digits', 'model');
    expect(row?.size).toMatchObject({ bytes: 126_400, base: 123_000 });
  });

  it('cannot turn a metric round, nor name another', () => {
    const accuracy = {
      metric: 'top1',
      higherIsBetter: false,
      value: 0.5,
      base: 0.98,
      difference: -0.48,
      low: -0.5,
      high: -0.46,
      samples: 100,
    };
    const forged = edited(({ models }) => {
      for (const { rows } of models)
        for (const row of rows) if (row.accuracy) row.accuracy = accuracy;
    });
    expect(rowOf(reportOf(forged, facts), 'digits', 'model')?.accuracy?.verdict).toBe('worse');
    const configured = changes.map((change) => ({
      ...change,
      settings: { data: { metric: 'mae' } },
    }));
    const other = reportOf(forged, { ...facts, changes: configured });
    expect(rowOf(other, 'digits', 'model')?.accuracy).toMatchObject({
      metric: 'mae',
      verdict: 'better',
    });
  });

  it('a model that is left out failed; one that nobody knows is not shown', () => {
    const forged = edited(({ models }) => {
      models.splice(0, 1);
      models.push({ key: '0'.repeat(16), rows: [], ...{ samples: { isSynthetic: false } } });
    });
    const report = reportOf(forged, facts);
    expect(report.models[0]).toMatchObject({ name: 'digits', verdict: 'failed', code: 70 });
    expect(report.models).toHaveLength(changes.length);
  });

  it('what only looks like a model is shown where there are numbers of it', () => {
    const loose = changes.map((change) => ({ ...change, isConfigured: false, settings: {} }));
    const none = reportOf(
      edited((numbers) => (numbers.models = [])),
      { ...facts, changes: loose },
    );
    expect(none.models.map(({ name }) => name)).toEqual(['legacy']);
  });

  it('hostile values anywhere are refused, or change nothing that can be read', () => {
    const value = fc.oneof(
      hostileText(),
      fc.double(),
      fc.constantFrom(null, true, -1, 1e300, 2 ** 53, {}, [], ['x'], '__proto__', 'constructor'),
    );
    const at = fc.nat({ max: 10_000 });
    const marks = 'QQEVILQQ';
    fc.assert(
      fc.property(at, value, fc.boolean(), (position, hostile, isKey) => {
        const numbers: unknown = JSON.parse(text);
        replaceAt(
          numbers,
          position,
          typeof hostile === 'string' ? marks + hostile : hostile,
          isKey,
        );
        let report: Report;
        try {
          report = reportOf(JSON.stringify(numbers), facts);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect(String(error)).not.toContain(marks);
          return;
        }
        expect(JSON.stringify(report)).not.toContain(marks);
        expect(renderMarkdown(report)).toMatch(/^<!-- fettle:report -->/);
      }),
      { numRuns: 150 },
    );
  });
});

/** Counts every member of the document, and gives the wanted one another value, or another name. */
function replaceAt(root: unknown, position: number, hostile: unknown, isKey: boolean): void {
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const visit = (holder: unknown): void => {
    if (typeof holder !== 'object' || holder === null) return;
    const members: Record<string, unknown> = Object(holder);
    for (const key of Object.keys(members)) {
      places.push({ holder: members, key });
      visit(members[key]);
    }
  };
  visit(root);
  const place = places[position % places.length];
  if (place === undefined) return;
  if (isKey) {
    const { [place.key]: member } = place.holder;
    Reflect.deleteProperty(place.holder, place.key);
    place.holder[String(hostile)] = member;
  } else place.holder[place.key] = hostile;
}
