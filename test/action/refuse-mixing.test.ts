import { expect, test } from 'vitest';
import { readInputs } from '../../action/inputs.ts';
import { refuseMixing } from '../../action/refuse-mixing.ts';
import type { Trigger } from '../../action/trigger.ts';

const run: Trigger = {
  kind: 'workflow-run',
  event: 'pull_request',
  headSha: 'a'.repeat(40),
  headBranch: 'patch',
  headRepository: { owner: 'mallory', repo: 'models' },
};
const schedule: Trigger = { kind: 'schedule', sha: 'a'.repeat(40), ref: 'refs/heads/main' };

test.each([
  ['measures and writes', run, {}, true],
  ['measures and reviews', run, { INPUT_COMMENT: 'review' }, true],
  ['measures alone', run, { INPUT_COMMENT: 'none' }, false],
  ['writes alone', run, { INPUT_NUMBERS: '{}' }, false],
  ['runs for people of the repository', schedule, {}, false],
])('a job that %s', (_, trigger, env, isRefused) => {
  const inputs = readInputs({ INPUT_TOKEN: 'x', ...env });
  const attempt = (): void => refuseMixing(trigger, inputs);
  if (isRefused) expect(attempt).toThrow('must not open models and write');
  else expect(attempt).not.toThrow();
});
