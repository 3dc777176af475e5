import { describe, expect, it } from 'vitest';
import { diffReports } from '../../shared/report/diff.ts';
import { judgeReport } from '../../shared/report/gate.ts';
import { renderMarkdown } from '../../shared/report/markdown.ts';
import { renderPage } from '../../shared/report/page/page.ts';
import { parseReport } from '../../shared/report/schema.ts';
import { renderTable } from '../../shared/report/table.ts';
import { goldenDraft } from './golden-draft.ts';
import { makeModel, makeReport, makeRow } from './make-report.ts';

const labels = { base: 'main', head: 'feature' };
const golden = judgeReport(goldenDraft);

describe('diffReports', () => {
  it('a report against itself: nothing changed, nothing regressed', () => {
    const diff = diffReports(golden, golden, labels);
    expect(diff.models.map((model) => model.change)).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
      'changed',
    ]);
    expect(diff.models[0]?.variants[2]).toMatchObject({
      size: { ratio: 1 },
      latency: { verdict: 'not-comparable' },
      accuracy: { difference: 0, verdict: 'same' },
    });
    expect(parseReport(JSON.parse(JSON.stringify(diff)), 'diff')).toEqual(diff);
  });

  it('budgets are the head’s and are judged against the base report', () => {
    const base = makeReport({
      models: [makeModel({ variants: [makeRow({ size: { bytes: 100 } })] })],
    });
    const head = makeReport({
      models: [
        makeModel({
          budgets: { float32: { size: '+10%', latency: '+5%' } },
          variants: [makeRow({ size: { bytes: 120 } })],
        }),
      ],
    });
    const diff = diffReports(base, head, labels);
    expect(diff.verdict).toBe('regressed');
    expect(diff.models[0]?.gates).toMatchObject([
      { metric: 'size', result: 'broken' },
      { metric: 'latency', result: 'not-measured' },
    ]);
  });

  it('models that came and went', () => {
    const base = makeReport({ models: [makeModel({ name: 'old' }), makeModel({ name: 'kept' })] });
    const head = makeReport({ models: [makeModel({ name: 'kept' }), makeModel({ name: 'new' })] });
    const diff = diffReports(base, head, labels);
    expect(diff.models.map(({ name, change, verdict }) => [name, change, verdict])).toEqual([
      ['kept', 'unchanged', 'ok'],
      ['new', 'added', 'ok'],
      ['old', 'removed', 'ok'],
    ]);
  });

  it('a shipped variant that vanished fails; another one is only said', () => {
    const base = makeReport({
      models: [makeModel({ variants: [makeRow(), makeRow({ name: 'int8' })] })],
    });
    const head = (ship: string) => makeReport({ models: [makeModel({ ship })] });
    expect(diffReports(base, head('float32'), labels)).toMatchObject({
      verdict: 'ok',
      models: [
        {
          variants: [
            {},
            { name: 'int8', status: 'skipped', reason: 'feature has no such variant' },
          ],
        },
      ],
    });
    expect(diffReports(base, head('int8'), labels).verdict).toBe('failed');
  });

  it('a new recommendation is noted', () => {
    const base = makeReport({ models: [makeModel({ recommended: 'float32' })] });
    const head = makeReport({ models: [makeModel({ recommended: null })] });
    expect(diffReports(base, head, labels).models[0]?.notes).toEqual([
      'recommended was float32 and is nothing now',
    ]);
  });

  it('is drawn by every renderer, base → head', async () => {
    const bigger = {
      ...goldenDraft,
      models: goldenDraft.models.map((model) => ({
        ...model,
        variants: model.variants.map((row) =>
          row.name === 'int8' && row.size !== undefined
            ? {
                ...row,
                artifact: { path: 'new.onnx', sha256: 'ef'.repeat(32), bytes: row.size.bytes * 2 },
                size: { ...row.size, bytes: row.size.bytes * 2 },
              }
            : row,
        ),
      })),
    };
    const diff = diffReports(golden, judgeReport(bigger), labels);
    await expect(renderTable(diff, { width: 120, color: false })).toMatchFileSnapshot(
      'golden/diff-120.txt',
    );
    await expect(renderMarkdown(diff)).toMatchFileSnapshot('golden/diff.md');
    expect(renderPage(diff)).toContain('was 45.0 kB');
  });
});
