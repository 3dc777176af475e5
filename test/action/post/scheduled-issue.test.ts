import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fate, Stage } from './_stage.ts';
import { startStage } from './_stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(async () => {
  expect(stage.github.problems).toEqual([]);
  await stage[Symbol.asyncDispose]();
});

const run = async (fate: Fate) => {
  const { pull: _, ...outcome } = stage.outcome({ a: fate });
  const trigger = { kind: 'schedule', sha: outcome.headSha, ref: 'refs/heads/main' } as const;
  return stage.post({ ...outcome, trigger }, { rights: { contents: 'read', issues: 'write' } });
};
const issues = () => [...stage.repository.issues.values()].filter((issue) => !('threads' in issue));

describe('a scheduled run', () => {
  it('that is OK opens no issue', async () => {
    expect((await run('ok')).commentUrl).toBeUndefined();
    await run('inconclusive');
    expect(issues()).toEqual([]);
    expect(stage.github.writes).toEqual([]);
  });

  it('opens one, writes nothing for the same again, closes it, and opens it again', async () => {
    const { commentUrl, failures } = await run('broken');
    expect(failures).toEqual([]);
    expect(commentUrl).toContain('/issues/');
    stage.github.forgetCalls();
    await run('broken');
    expect(stage.github.writes).toEqual([]);
    expect(issues()).toMatchObject([{ state: 'open', body: /^<!-- fettle:scheduled -->\n/ }]);
    await run('inconclusive');
    expect(issues()).toMatchObject([{ state: 'open', body: /Inconclusive/ }]);
    await run('ok');
    expect(issues()).toMatchObject([{ state: 'closed', body: /✅ Fettle: OK/ }]);
    await run('broken');
    expect(issues()).toMatchObject([{ state: 'open' }]);
  });

  it('does not touch an issue of somebody else with the same marker', async () => {
    const forged = stage.repository.openIssue('x', '<!-- fettle:scheduled -->\n', 'mallory');
    await run('broken');
    expect(forged.body).toBe('<!-- fettle:scheduled -->\n');
    expect(issues()).toHaveLength(2);
  });

  it('without the right it says so and goes on', async () => {
    const { pull: _, ...outcome } = stage.outcome({ a: 'broken' });
    const trigger = { kind: 'schedule', sha: outcome.headSha, ref: 'refs/heads/main' } as const;
    const posted = await stage.post({ ...outcome, trigger }, { rights: { contents: 'read' } });
    expect(posted.failures).toMatchObject([{ permission: 'issues: write' }]);
  });
});
