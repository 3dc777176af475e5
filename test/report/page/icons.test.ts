import { expect, it } from 'vitest';
import { resultIcon, verdictIcon } from '../../../shared/report/page/icons.ts';

it('every verdict and result has a sign of its own, silent to screen readers', () => {
  const verdicts = (['ok', 'regressed', 'inconclusive', 'failed'] as const).map((v) =>
    verdictIcon(v).toString(),
  );
  const results = (['kept', 'broken', 'inconclusive', 'not-measured'] as const).map((r) =>
    resultIcon(r).toString(),
  );
  const shape = (icon: string): string | undefined => /d="([^"]*)"/.exec(icon)?.[1];
  expect(new Set(verdicts.map(shape)).size).toBe(4);
  expect(new Set(results.map(shape)).size).toBe(4);
  for (const icon of [...verdicts, ...results]) expect(icon).toContain('aria-hidden="true"');
});
