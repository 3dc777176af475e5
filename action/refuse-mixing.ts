/** One job never does both: open the models of a stranger, and write to the pull request. */
import { InputError } from '../shared/base/errors.ts';
import type { Inputs } from './inputs.ts';
import type { Trigger } from './trigger.ts';

/** @throws InputError where one job would do both */
export function refuseMixing({ kind }: Trigger, { comment, numbers }: Inputs): void {
  const writes = comment.summary || comment.review;
  if (kind !== 'workflow-run' || !writes || numbers !== undefined) return;
  throw new InputError('on workflow_run one job must not open models and write comments', {
    hint: 'Measure with comment: none, and comment in a second job with the output "numbers" of the first: see docs/github-action.md.',
  });
}
