/** The end of a comparison: its report for whoever asks next, or why there is none. Nobody else is told. */
import type { z } from 'zod';
import { DefectError } from '../../shared/base/errors.ts';
import { finishedComparison } from '../../shared/pipeline/distributed/advance-round.ts';
import {
  type ComparisonResult,
  readComparison,
  resultErrorOf,
  writeComparisonResult,
} from '../../shared/pipeline/distributed/comparison.ts';
import { type ExecutionKeys, readExecution } from '../../shared/pipeline/distributed/execution.ts';
import { reportFrame } from '../../shared/pipeline/run-jobs.ts';
import { judgeReport } from '../../shared/report/gate.ts';
import type { Telemetry } from '../adapters/telemetry.ts';
import { keptError } from '../advance/kept-error.ts';
import type { AwsSite } from '../site.ts';
import type { publishEventSchema } from './publish-job.ts';

export interface PublishSite {
  readonly site: AwsSite;
  readonly keys: ExecutionKeys;
  readonly telemetry: Telemetry;
}

/** Gives what it wrote in short. `key` is the comparison's. */
export async function publishComparison(
  key: string,
  event: z.infer<typeof publishEventSchema>,
  { site, keys, telemetry }: PublishSite,
): Promise<Pick<ComparisonResult, 'state' | 'attempt'>> {
  const { objects } = site;
  const found = await readComparison(objects, key);
  if (!found) throw new DefectError(`there is no ${event.request}`);
  const frame = { schema: 'fettle.comparison-result/1', attempt: event.attempt } as const;
  if (event.action === 'fail') {
    const error = await keptError(keys, objects, event.error ?? { Error: 'unknown' });
    telemetry.warn(`comparison ${key}: ${error.message}`);
    telemetry.metric('ComparisonsFailed', 1);
    const result = { ...frame, state: 'failed', error: resultErrorOf(error) } as const;
    await writeComparisonResult(objects, key, result);
    return { state: 'failed', attempt: event.attempt };
  }
  const execution = await readExecution(objects, keys);
  if (execution?.kind !== 'compare')
    throw new DefectError(`nothing is known of the execution ${keys.execution}`);
  const { draft, round } = await finishedComparison(execution, keys, event.round, site);
  const { startedAt } = execution;
  const { seconds } = round;
  const machine = round.machine ?? draft.machine;
  const report = judgeReport({
    ...draft,
    ...reportFrame({ ...site, machine }, { startedAt, seconds }),
    models: draft.models.map((model) => ({ ...model, seconds })),
  });
  telemetry.info(`comparison ${key}: ${report.verdict}`);
  telemetry.metric('ComparisonsDone', 1);
  await writeComparisonResult(objects, key, { ...frame, state: 'done', report });
  return { state: 'done', attempt: event.attempt };
}
