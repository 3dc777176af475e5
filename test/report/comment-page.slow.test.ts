import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../shared/report/markdown.ts';
import { machineHas } from '../e2e/machine-has.ts';
import { commentPage } from './comment-page.ts';
import { pullReport } from './golden-pull.ts';
import { reportWithNames } from './hostile.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const HOSTILE =
  '</summary></details><script>document.title="owned"</script><img src=https://evil.example/x onerror=alert(1)> | ` @all \u202e';
const PAGES = {
  'pull request': renderMarkdown(pullReport, { link: 'https://example.com/run' }),
  'page of a job': renderMarkdown(pullReport, { isPage: true }),
  hostile: renderMarkdown(reportWithNames(HOSTILE)),
};
const SCREENS = [
  { width: 960, colorScheme: 'light' },
  { width: 960, colorScheme: 'dark' },
  { width: 320, colorScheme: 'dark' },
] as const;
const CASES = Object.entries(PAGES).flatMap(([name, markdown]) =>
  SCREENS.map((screen) => [name, screen, markdown] as const),
);

const hasBrowser = machineHas(
  existsSync(CHROMIUM),
  'Chromium',
  'Install it, or name another with CHROMIUM: apt-get install chromium',
);

describe.runIf(hasBrowser)('a comment in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];
    browser = await chromium.launch({ executablePath: CHROMIUM, args });
  });
  afterAll(() => browser?.close());

  it.each(CASES)(
    '%s on %j: asks for nothing, fits, is accessible',
    async (name, screen, markdown) => {
      const { width, colorScheme } = screen;
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
      try {
        const page = await context.newPage();
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        page.on('dialog', (dialog) => {
          asked.push(dialog.message());
          void dialog.dismiss();
        });
        await page.setContent(commentPage(markdown));
        expect(asked).toEqual([]);
        expect(await page.title()).toBe('comment');
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
          width,
        );
        // Wide enough, the overview is seen whole: a table that is cut off hides what it is there for.
        const [inside, box] = await page.evaluate<[number, number]>(
          `(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth])(document.querySelector('table'))`,
        );
        if (width === 960 && name !== 'hostile') expect(inside).toBeLessThanOrEqual(box);
        if (width < 960 || colorScheme === 'dark') return;
        const { violations } = await new AxeBuilder({ page })
          // GitHub's own style sheet has its colours and its scrolling tables.
          .disableRules([
            'color-contrast',
            'scrollable-region-focusable',
            'empty-table-header',
            'page-has-heading-one',
          ])
          .analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      } finally {
        await context.close();
      }
    },
  );
});
