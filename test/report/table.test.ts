import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { judgeReport } from '../../shared/report/gate.ts';
import { renderTable } from '../../shared/report/table.ts';
import { goldenDraft } from './golden-draft.ts';
import { hostileText, reportWithNames } from './hostile.ts';

/** Regenerate with `npx vitest run --project fast test/report -u`, and read the difference. */
describe('the golden report', () => {
  const report = judgeReport(goldenDraft);

  it('as JSON, judged', async () => {
    await expect(`${JSON.stringify(report, null, 2)}\n`).toMatchFileSnapshot('golden/report.json');
  });

  it.each([140, 100, 60, 44])('as a table of %d columns', async (width) => {
    const table = renderTable(report, { width, color: false });
    await expect(table).toMatchFileSnapshot(`golden/table-${width}.txt`);
    for (const line of table.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
  });

  it('in colour it says the same', () => {
    const colored = renderTable(report, { width: 100, color: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences are the subject.
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(
      renderTable(report, { width: 100, color: false }),
    );
    expect(colored).not.toBe(renderTable(report, { width: 100, color: false }));
  });
});

it('says of the base, too, whether its conversion was proved', () => {
  const base = {
    path: 'a.keras',
    format: 'keras',
    bytes: 90680,
    verified: 'DOES NOT AGREE with x',
  };
  const report = judgeReport(goldenDraft);
  const [model] = report.models;
  if (!model) throw new Error('unreachable');
  const table = (other: typeof base) =>
    renderTable({ ...report, models: [{ ...model, base: other }] }, { width: 100, color: false });
  expect(table(base)).toMatch(/\n {2}base: keras, 90\.7 kB, DOES NOT AGREE with x\n/);
  expect(table({ ...base, format: 'onnx' })).not.toMatch(/base: onnx/);
});

it('no name of a model, variant or layer reaches the terminal as a control', () => {
  fc.assert(
    fc.property(hostileText(), fc.integer({ min: 40, max: 160 }), (name, width) => {
      const table = renderTable(reportWithNames(name), { width, color: false });
      expect(table).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
      expect(table).toContain('Regressed');
    }),
    { numRuns: 50 },
  );
});
