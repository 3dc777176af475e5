/** A model that could not be opened, or not measured at all, as a part of a report. */
import { exitCodeOf } from '../base/errors.ts';
import type { ModelDraft } from '../report/gate.ts';
import type { Job } from './job.ts';
import { reasonOf } from './reason.ts';

/** Says what was thrown, and the exit code that a run of this model alone would have had. */
export function failedModel(
  job: Pick<Job, 'name' | 'shownSource' | 'ship'>,
  error: unknown,
): ModelDraft {
  return {
    name: job.name,
    reason: reasonOf(error),
    code: exitCodeOf(error),
    ship: job.ship,
    source: { path: job.shownSource, format: 'unknown', verified: 'not verified' },
    data: { synthetic: false },
    variants: [],
  };
}
