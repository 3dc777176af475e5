/**
 * The model itself before anything is made of it: one that never ends would cost every variant its time, too, and
 * nothing could be said of any of them.
 */
import { DefectError, FettleError, TimeLimitError } from '../../base/errors.ts';
import { isUsersMistake } from '../reason.ts';
import { scoreBuilds } from './measure.ts';
import { MODEL_ROW, type ModelWork } from './model-work.ts';
import { nameModels } from './name-models.ts';

/**
 * Runs float32 over the samples that it is judged on; what that gave is known when its row is measured.
 * @throws TimeLimitError when it does not end in time, and what is wrong with the data; other failures are told there
 */
export async function runBase(work: ModelWork): Promise<void> {
  await work.tasks.begin('score evaluation', async (tasks) => {
    try {
      await scoreBuilds({ ...work, tasks }, [], 'evaluation');
    } catch (error) {
      if (isToldLater(error)) return;
      if (error instanceof TimeLimitError) error.message = named(error.message, work);
      throw error;
    }
  });
}

/** Both forms of the model by the name that the user gave it. */
function named(message: string, { job, prepared, source }: ModelWork): string {
  const forms = [prepared.model, source.artifact].map((artifact) => ({
    variant: MODEL_ROW,
    result: {
      status: 'done' as const,
      value: { artifact, facts: { facts: prepared.facts, notes: [] } },
    },
  }));
  return nameModels(message, forms, job.shownSource);
}

const isToldLater = (error: unknown): boolean =>
  error instanceof FettleError &&
  !(error instanceof TimeLimitError || error instanceof DefectError || isUsersMistake(error));
