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
