import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Outcome } from '../../../action/outcome.ts';
import { addFailures, writeJobSummary } from '../../../action/post/job-summary.ts';
import type { Fate } from './_stage.ts';
import { reportOf } from './_stage.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-summary-'));
afterAll(() => rmSync(folder, { recursive: true }));

const outcomeOf = (fates: Readonly<Record<string, Fate>>): Outcome => ({
  report: reportOf(fates),
  trigger: { kind: 'manual', sha: '1'.repeat(40), ref: 'refs/heads/main' },
  headSha: '1'.repeat(40),
  changes: [],
  problems: [],
  configPath: 'fettle.yml',
});

it('is appended to what other steps wrote, unfolded', () => {
  const path = join(folder, 'a');
  writeFileSync(path, 'before\n');
  writeJobSummary(path, outcomeOf({ a: 'ok', b: 'broken' }), {});
  const text = readFileSync(path, 'utf8');
  expect(text).toMatch(/^before\n<!-- fettle:report -->\n## ❌/);
  expect(text.match(/<details open>/g)).toHaveLength(2);
});

it('stays below 1 MiB, whatever the names: seven hundred models', () => {
  const path = join(folder, 'b');
  const fates = Object.fromEntries(
    Array.from({ length: 700 }, (_, i) => [`${'模'.repeat(60)}${i}`, 'broken' as const]),
  );
  writeJobSummary(path, outcomeOf(fates), {});
  const bytes = readFileSync(path).length;
  expect(bytes).toBeLessThan(2 ** 20);
  expect(bytes).toBeGreaterThan(100_000);
});

it('what was not posted is said, with advice', () => {
  const path = join(folder, 'c');
  const failure = {
    doing: 'write <b>',
    status: 403,
    message: 'no @all',
    permission: 'issues: write',
  };
  addFailures(path, [failure], 'Do this.');
  expect(readFileSync(path, 'utf8')).toBe(
    '### Not posted\n\n- GitHub did not let Fettle write `<b>:` 403 no `@all.` Grant it in the workflow: `permissions: { issues: write }`\n\nDo this.\n\n',
  );
});
