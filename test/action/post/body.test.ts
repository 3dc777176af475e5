import { expect, it } from 'vitest';
import { outcomeMarkdown } from '../../../action/post/body.ts';
import { pullReport } from '../../report/golden-pull.ts';

const facts = {
  trigger: { kind: 'manual', sha: '1'.repeat(40), ref: 'refs/heads/main' },
  headSha: '1'.repeat(40),
  changes: [],
  configPath: 'fettle.yml',
} as const;
const problem = { level: 'error', message: 'unknown key', where: 'fettle.yml', line: 3 } as const;

it('a report and what went wrong beside it', () => {
  const outcome = { ...facts, report: pullReport, problems: [problem] };
  const text = outcomeMarkdown(outcome, {
    marker: 'report',
    dollars: 0.5,
    link: 'https://example.com',
  });
  expect(text).toContain('🛑 `fettle.yml:3` unknown key');
  expect(text).toContain('| ❌ | `digits`');
  expect(text).toContain('[Report](<https://example.com/>)');
  expect(text).toContain('$0.50 on AWS');
});

it('problems alone', () => {
  expect(outcomeMarkdown({ ...facts, problems: [problem] }, {})).toContain('Nothing was compared.');
});
