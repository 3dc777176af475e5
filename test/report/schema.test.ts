import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonSchemaText, SCHEMAS } from '../../scripts/write-schemas.ts';
import { InputError } from '../../shared/base/errors.ts';
import { parseReport } from '../../shared/report/schema.ts';
import { makeModel, makeReport, makeRow } from './make-report.ts';

describe('the shipped JSON Schemas', () => {
  it.each(Object.entries(SCHEMAS))(
    '%s is what `node scripts/write-schemas.ts` writes',
    (file, schema) => {
      const shipped = readFileSync(new URL(`../../schema/${file}`, import.meta.url), 'utf8');
      expect(shipped).toBe(jsonSchemaText(schema));
    },
  );
});

describe('parseReport', () => {
  it('takes what the contract shows', () => {
    const report = makeReport();
    expect(parseReport(JSON.parse(JSON.stringify(report)), 'report.json')).toEqual(report);
  });

  it('drops what it does not know, so that a later minor version stays readable', () => {
    expect(parseReport({ ...makeReport(), weather: 'fine' }, 'report.json')).toEqual(makeReport());
  });

  it.each([
    [
      'another schema',
      { ...makeReport(), schema: 'fettle.report/2' },
      /its schema is "fettle.report\/2"/,
    ],
    ['no object', [], /names no schema/],
    ['null', null, /names no schema/],
    ['an unknown verdict', makeReportJson({ verdict: 'fine' }), /verdict: /],
    [
      'a null where nothing was measured',
      makeReportJson({
        models: [makeModel({ variants: [{ ...makeRow(), latency: null } as never] })],
      }),
      /models\.0\.variants\.0\.latency: /,
    ],
    [
      'a negative byte count',
      makeReportJson({ models: [makeModel({ variants: [makeRow({ size: { bytes: -1 } })] })] }),
      /models\.0\.variants\.0\.size\.bytes: /,
    ],
  ])('refuses %s and names the field', (_, value, message) => {
    expect(() => parseReport(value, 'old/report.json')).toThrow(message);
    expect(() => parseReport(value, 'old/report.json')).toThrow(InputError);
  });
});

function makeReportJson(change: Record<string, unknown>): unknown {
  return { ...makeReport(), ...change };
}
