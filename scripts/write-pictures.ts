/**
 * Writes docs/pull-request-light.png and -dark.png: the comment of a pull request as GitHub shows it, from the report
 * that the tests use. `node scripts/write-pictures.ts`; takes Chromium, another one is named by CHROMIUM.
 */
import { writeFileSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import sharp from 'sharp';
import { renderMarkdown } from '../shared/report/markdown.ts';
import { commentPage } from '../test/report/comment-page.ts';
import { pullReport } from '../test/report/golden-pull.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

const browser: Browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  const html = commentPage(
    renderMarkdown(pullReport, { link: 'https://example.com/run', dollars: 0.0053 }),
  );
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({
      viewport: { width: 960, height: 600 },
      colorScheme,
    });
    const page = await context.newPage();
    await page.setContent(html);
    const comment = await page.locator('.comment').screenshot();
    // Few colours and much white: a palette takes a third of the bytes.
    const small = await sharp(comment).png({ palette: true, colours: 128 }).toBuffer();
    writeFileSync(new URL(`../docs/pull-request-${colorScheme}.png`, import.meta.url), small);
    await context.close();
  }
} finally {
  await browser.close();
}
