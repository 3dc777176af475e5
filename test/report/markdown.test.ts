import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeReport } from '../../shared/report/gate.ts';
import {
  COMMENT_POINTS,
  commentMarker,
  renderMarkdown,
  verdictWith,
} from '../../shared/report/markdown.ts';
import { githubHtml, rawHtml } from './github-html.ts';
import { goldenDraft } from './golden-draft.ts';
import { pullReport } from './golden-pull.ts';
import { hostileText, reportWithNames } from './hostile.ts';
import { makeModel, makeReport, makeRow } from './make-report.ts';

const golden = judgeReport(goldenDraft);
/** The page's skeleton: its tags in order, code spans left out because sentences differ in them. */
const skeleton = (page: string): string[] =>
  (page.replace(/<summary>.*?<\/summary>/g, '<summary>').match(/<[^>]*>/g) ?? []).filter(
    (tag) => !/^<\/?code>$/.test(tag),
  );

describe('the golden report', () => {
  it('as a comment', async () => {
    const markdown = renderMarkdown(golden, { link: 'https://example.com/report.html' });
    await expect(markdown).toMatchFileSnapshot('golden/comment.md');
  });

  it('as a pull request of seven models', async () => {
    const markdown = renderMarkdown(pullReport, {
      link: 'https://example.com/run',
      dollars: 0.0053,
    });
    await expect(markdown).toMatchFileSnapshot('golden/pull.md');
  });

  it('as a page of its own: unfolded, with bars', () => {
    const page = githubHtml(renderMarkdown(pullReport, { isPage: true }));
    expect(page.match(/<details open>/g)).toHaveLength(7);
    expect(page).toContain('████████████████████████ 126\u00a0kB');
  });

  it('of one model says what became of it once, and names the CPU without signs', () => {
    const one = judgeReport({ ...goldenDraft, models: goldenDraft.models.slice(0, 1) });
    const machine = { cpu: 'Intel(R) Xeon(R) Processor', features: [], cores: 2 };
    const text = renderMarkdown({ ...one, machine });
    expect(text.match(/int8 is recommended/g)).toHaveLength(1);
    expect(text).toContain('<sub>Intel Xeon Processor, 2 cores');
  });

  it('begins with its marker', () => {
    expect(renderMarkdown(golden)).toMatch(/^<!-- fettle:report -->\n## 🛑 Fettle: Failed\n/);
    expect(renderMarkdown(golden, { marker: 'nightly' })).toMatch(/^<!-- fettle:nightly -->\n/);
    expect(renderMarkdown(golden, { state: 'ab12' })).toMatch(
      /^<!-- fettle:report -->\n<!-- ab12 -->\n## /,
    );
    expect(() => commentMarker('x --> y')).toThrow(RangeError);
    expect(() => commentMarker('a--b')).toThrow(RangeError);
  });

  it.each([
    ['https://example.com/a b>c', '[Report](<https://example.com/a%20b%3Ec>)'],
    ['javascript:alert(1)', undefined],
    ['http://example.com', undefined],
    ['nowhere', undefined],
  ])('links only to https: %s', (link, markdown) => {
    const text = renderMarkdown(golden, { link });
    if (markdown === undefined) expect(text).not.toContain('](');
    else expect(text).toContain(markdown);
  });
});

describe('problems', () => {
  const problems = [
    {
      message: 'unknown key "variant"',
      hint: 'Did you mean "variants"?',
      where: 'fettle.yml',
      line: 4,
    },
  ];

  it('make a failure of what is otherwise OK, and stand before the models', () => {
    const fine = makeReport();
    expect([verdictWith(fine), verdictWith(fine, problems)]).toEqual(['ok', 'failed']);
    const text = renderMarkdown(fine, { problems });
    expect(text).toContain('## 🛑 Fettle: Failed');
    const line = '- 🛑 `fettle.yml:4` unknown key `"variant"`. Did you mean `"variants"?`';
    expect(text).toContain(line);
    expect(text.indexOf(line)).toBeLessThan(text.indexOf('`digits`'));
  });

  it('warnings and notices make no failure', () => {
    const said = [
      { level: 'notice', message: 'a notice' },
      { level: 'warning', message: 'first' },
    ] as const;
    expect(verdictWith(makeReport(), said)).toBe('ok');
    expect(renderMarkdown(makeReport(), { problems: said })).toContain('- ⚠️ first\n- ℹ️ a notice');
  });

  it('alone, and none at all', () => {
    expect(renderMarkdown(undefined, { problems })).toMatch(
      /## 🛑 Fettle: Failed\n\nNothing was compared\./,
    );
    const empty = makeReport({ models: [] });
    expect(renderMarkdown(undefined)).toBe(
      '<!-- fettle:report -->\n## ✅ Fettle: OK\n\nNo model changed.\n',
    );
    expect(renderMarkdown(empty)).toMatch(/## ✅ Fettle: OK\n\nNo model changed\./);
  });

  it('and notices that are hostile stay text', () => {
    fc.assert(
      fc.property(hostileText(), (name) => {
        const page = rawHtml(
          renderMarkdown(makeReport(), {
            problems: [{ message: name, hint: name, where: name }],
            notices: [name],
          }),
        );
        const outside = page.replace(/<code>[^<]*<\/code>/g, '').replace(/<[^>]*>/g, '');
        expect(outside).not.toMatch(/[@#<>`]|https?:|www\.|deadbeef/);
      }),
      { numRuns: 25 },
    );
  });
});

describe('hostile names', () => {
  it('give the same page as harmless ones', () => {
    const calm = rawHtml(renderMarkdown(reportWithNames('calm')));
    expect(new Set(skeleton(calm).map((tag) => /^<\/?([a-z0-9]+|!--)/.exec(tag)?.[1]))).toEqual(
      new Set('!-- h2 p table thead tbody tr th td br strong ul li details summary sub'.split(' ')),
    );
    fc.assert(
      fc.property(hostileText(), (name) => {
        const markdown = renderMarkdown(reportWithNames(name));
        const page = rawHtml(markdown);
        expect(skeleton(page)).toEqual(skeleton(calm));
        // Nothing stands in the text that GitHub would have to take away, but the marker.
        expect(skeleton(githubHtml(markdown))).toHaveLength(skeleton(page).length - 1);
        const outside = page.replace(/<code>[^<]*<\/code>/g, '').replace(/<[^>]*>/g, '');
        expect(outside).not.toMatch(/[@#<>`]|https?:|www\.|deadbeef/);
      }),
      { numRuns: 25 },
    );
  });
});

describe('the ladder', () => {
  const many = (models: number, variants: number, name = 'a'.repeat(70)) =>
    judgeReport({
      ...makeReport(),
      models: Array.from({ length: models }, (_, i) => ({
        ...makeModel(),
        name: `${i}-${name}`,
        budgets: i === models - 1 ? { float32: { size: '1 B' } } : {},
        variants: [
          makeRow(),
          ...Array.from({ length: variants - 1 }, (__, j) =>
            makeRow({ name: `${name}-${j}`, notes: [`${name} `.repeat(5)] }),
          ),
        ],
      })),
    });
  const points = (text: string): number => [...text].length;

  it.each([
    ['one model, 40 variants: everything', 1, 40, /<details>/],
    ['30 models: no notes', 30, 12, /<details>(?![\s\S]*Notes:)/],
    ['20 models with 100 variants: some rows', 20, 100, /and 94 more variants/],
    ['200 models: a line each, details of the worst', 200, 20, /^\| ✅ \| `198-a+`/m],
    ['1,200 models: the rest is counted', 1200, 2, /\d+ of 1200 models are left out here/],
  ])('%s', (_, models, variants, holds) => {
    const text = renderMarkdown(many(models, variants));
    expect(points(text)).toBeLessThanOrEqual(COMMENT_POINTS);
    expect(text).toMatch(/^<!-- fettle:report -->\n## ❌ Fettle: Regressed\n/);
    expect(text).toMatch(holds);
    // The broken model is the last of the report and stands first in the comment.
    const broken = `${models - 1}-aaa`;
    expect(text.indexOf(broken)).toBeGreaterThan(0);
    if (models > 1) expect(text.indexOf(broken)).toBeLessThan(text.indexOf('`0-aaa'));
  });

  it('the last rung keeps the verdict and the totals within 2,000', () => {
    const text = renderMarkdown(many(150, 5, '模'.repeat(200)), { limit: 2000 });
    expect(points(text)).toBeLessThanOrEqual(2000);
    expect(text).toContain('Fettle: Regressed');
    expect(text).toContain('150 models: 1 regressed, 149 OK.');
  });

  it('holds for any limit, also where every name is hostile', () => {
    fc.assert(
      fc.property(hostileText(), fc.integer({ min: 2000, max: 20_000 }), (name, limit) => {
        const report = reportWithNames(name);
        const long = { ...report, models: Array.from({ length: 30 }, () => report.models).flat() };
        const text = renderMarkdown(long, { limit });
        expect(points(text)).toBeLessThanOrEqual(limit);
        expect(text).toContain('Fettle: Failed');
      }),
      { numRuns: 10 },
    );
  });
});
