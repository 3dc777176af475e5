/** A model that could not be opened, or not measured at all, as a part of a report. */
import { exitCodeOf } from '../base/errors.ts';
import type { ModelDraft } from '../report/gate.ts';
import { refusedModel } from '../report/model-drafts.ts';
import type { Job } from './job.ts';
import { reasonOf } from './reason.ts';

/** Says what was thrown, and the exit code that a run of this model alone would have had. */
export function failedModel(
  job: Pick<Job, 'name' | 'shownSource' | 'ship'>,
  error: unknown,
): ModelDraft {
  const { name, shownSource: path, ship } = job;
  return refusedModel({ name, path, ship, reason: reasonOf(error), code: exitCodeOf(error) });
}
