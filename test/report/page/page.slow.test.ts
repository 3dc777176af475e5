import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diffReports } from '../../../shared/report/diff.ts';
import { judgeReport } from '../../../shared/report/gate.ts';
import { renderPage } from '../../../shared/report/page/page.ts';
import type { Report } from '../../../shared/report/schema.ts';
import { machineHas } from '../../e2e/machine-has.ts';
import { goldenDraft } from '../golden-draft.ts';
import { reportWithNames } from '../hostile.ts';

/** Debian's; `.ci/run` installs it. Another one is named by CHROMIUM. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const HOSTILE =
  '</title><script>document.title="owned"</script><img src=https://evil.example/x onerror=alert(1)>\u202e"\'`';

const golden = judgeReport(goldenDraft);
const alone = (index: number): Report =>
  judgeReport({ ...goldenDraft, models: goldenDraft.models.slice(index, index + 1) });
const PAGES: Readonly<Record<string, Report>> = {
  golden,
  recommended: alone(0),
  regressed: alone(1),
  'no data': alone(2),
  failed: alone(3),
  'forty variants': judgeReport({ ...goldenDraft, models: [fortyVariants()] }),
  'a diff': diffReports(golden, golden, { base: 'main', head: 'feature' }),
  hostile: reportWithNames(HOSTILE),
};
const SCREENS = [
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  { width: 390, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
  { width: 320, colorScheme: 'light' },
] as const;

/** One page on every screen, every page on the two screens that have least in common. */
const CASES = Object.keys(PAGES).flatMap((name) =>
  SCREENS.filter((_, index) => name === 'golden' || index === 0 || index === 3).map(
    (screen) => [name, screen] as const,
  ),
);

function fortyVariants() {
  const [model] = goldenDraft.models;
  if (model === undefined) throw new Error('the golden draft has a model');
  const like = model.variants.filter((row) => row.latency !== undefined && row.name === 'int8');
  const more = like.flatMap((row) =>
    Array.from({ length: 40 }, (_, i) => ({
      ...row,
      name: `slim-${i}+int8-qat-with-a-long-name`,
      artifact: { path: `${i}.onnx`, sha256: String(i).padStart(64, '0'), bytes: 1 },
    })),
  );
  return { ...model, variants: [...model.variants, ...more] };
}

const hasBrowser = machineHas(
  existsSync(CHROMIUM),
  'Chromium',
  'Install it, or name another with CHROMIUM: apt-get install chromium',
);

describe.runIf(hasBrowser)('in Chromium', () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'fettle-page-'));

  beforeAll(async () => {
    const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];
    browser = await chromium.launch({ executablePath: CHROMIUM, args });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** The page as a user opens it, every fold open, and whatever it asked for or complained about. */
  async function open(
    name: string,
    screen: (typeof SCREENS)[number],
  ): Promise<{ page: Page; asked: string[] }> {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, renderPage(PAGES[name] ?? golden));
    const { width, colorScheme } = screen;
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => asked.push(message.text()));
    page.on('pageerror', (error) => asked.push(error.message));
    page.on('dialog', (dialog) => {
      asked.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(pathToFileURL(file).href, { waitUntil: 'load' });
    // `details` of one name close each other, so that only one could be looked at.
    await page.evaluate(`document.querySelectorAll('details').forEach((fold) => {
      fold.removeAttribute('name');
      fold.open = true;
    })`);
    return { page, asked: asked.filter((url) => url !== pathToFileURL(file).href) };
  }

  it.each(CASES)(
    '%s on %j: asks for nothing, fits, has its style, is accessible',
    async (name, screen) => {
      const { page, asked } = await open(name, screen);
      try {
        expect(asked).toEqual([]);
        expect(await page.title()).toMatch(/· Fettle$/);
        const measured = await page.evaluate<[number, string]>(
          `[document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor]`,
        );
        expect(measured[0]).toBeLessThanOrEqual(screen.width);
        expect(measured[1]).toBe(
          screen.colorScheme === 'dark' ? 'rgb(19, 22, 25)' : 'rgb(247, 246, 243)',
        );
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      } finally {
        await page.context().close();
      }
    },
  );

  it('reads the same without style: the verdict comes first in the document', async () => {
    const { page } = await open('recommended', SCREENS[0]);
    const text = await page.evaluate<string>(`document.querySelector('main').innerText`);
    expect(text.replace(/\s+/g, ' ')).toMatch(
      /^digits OK int8 is recommended: 63\.5% smaller, 1\.35× faster/,
    );
    await page.context().close();
  });

  it('one click selects a whole program', async () => {
    const { page } = await open('recommended', SCREENS[0]);
    await page.locator('pre').first().click();
    expect(await page.evaluate<string>('String(getSelection())')).toMatch(
      /^\/\/ npm install onnxruntime-node[\s\S]*data\);$/,
    );
    await page.context().close();
  });
});
