/** Whether the step fails, and why: one sentence, or nothing. */
import type { Inputs } from './inputs.ts';
import type { Outcome } from './outcome.ts';

/** What Fettle could not do fails the step whatever `fail-on` says. */
export function failureOf(
  { report, problems }: Pick<Outcome, 'report' | 'problems'>,
  failOn: Inputs['failOn'],
): string | undefined {
  const problem = problems.find(({ level }) => level === 'error');
  if (problem) return problem.message;
  if (!report || failOn === 'never') return undefined;
  const { verdict } = report;
  if (verdict === 'failed' || verdict === 'regressed') return `the verdict is ${verdict}`;
  if (verdict === 'inconclusive' && failOn === 'inconclusive') return 'the verdict is inconclusive';
  return undefined;
}
