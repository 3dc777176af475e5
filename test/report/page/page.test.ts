import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeReport } from '../../../shared/report/gate.ts';
import { renderPage } from '../../../shared/report/page/page.ts';
import { goldenDraft } from '../golden-draft.ts';
import { hostileText, reportWithNames } from '../hostile.ts';
import { makeModel, makeReport } from '../make-report.ts';
import { skeleton, textOf } from './tags.ts';

const page = renderPage(judgeReport(goldenDraft));

describe('the golden page', () => {
  it('is well formed, and every opened element is closed', () => {
    const voids = new Set(['meta', 'br', 'path', 'rect', 'line', 'circle', 'style']);
    const open: string[] = [];
    for (const tag of skeleton(page)) {
      const name = tag.split(' ')[0] ?? '';
      if (name.startsWith('/')) expect(`/${open.pop()}`).toBe(name);
      else if (!voids.has(name)) open.push(name);
    }
    expect(open).toEqual([]);
  });

  it('says what was known from before', () => {
    const text = textOf(renderPage(makeReport({ steps: { run: 0, known: 9 } })));
    expect(text).toContain('took 12.3 s, everything known from before');
  });

  it('says the verdict first, and every row and reason', () => {
    const text = textOf(page);
    expect(text.indexOf('Failed')).toBeLessThan(text.indexOf('digits'));
    for (const model of goldenDraft.models) {
      for (const row of model.variants) {
        expect(text).toContain(row.name);
        if (row.reason !== undefined) expect(text).toContain(row.reason);
        for (const note of row.notes) expect(text).toContain(note);
      }
    }
  });

  it('names nothing outside of itself but in text', () => {
    const words = new Set(skeleton(page).flatMap((tag) => tag.split(' ')));
    for (const word of [
      'script',
      'img',
      'link',
      'iframe',
      'object',
      'embed',
      'form',
      'base',
      'audio',
      'video',
      'use',
      'image',
      'src',
      'srcset',
      'action',
      'background',
      'poster',
    ]) {
      expect(words).not.toContain(word);
    }
    expect([...words].filter((word) => /^on/.test(word))).toEqual([]);
    for (const [, target] of page.matchAll(/href="([^"]*)"/g)) {
      expect(target).toMatch(/^#model-\d+$/);
    }
  });

  it('allows exactly its own style sheet', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const digest = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(
      `content="default-src &#39;none&#39;; style-src &#39;sha256-${digest}&#39;;`,
    );
  });

  it('stays small', () => {
    expect(page.length).toBeLessThan(120_000);
  });
});

it('hostile names change no element of the page', () => {
  const calm = skeleton(renderPage(reportWithNames('calm')));
  fc.assert(
    fc.property(hostileText(), (name) => {
      const hostile = renderPage(reportWithNames(name));
      expect(skeleton(hostile)).toEqual(calm);
      expect(hostile).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    }),
    { numRuns: 30 },
  );
});

it('empty states: no model, a model without anything', () => {
  expect(textOf(renderPage(makeReport({ models: [] })))).toContain('No models.');
  const bare = makeModel({
    variants: [],
    reason: 'not a model',
    verdict: 'failed',
    data: { synthetic: true },
  });
  expect(textOf(renderPage(makeReport({ models: [bare], verdict: 'failed' })))).toContain(
    'not a model',
  );
});
