/** The stage that trains a float32 model in 8 or 4 bits: rounding inside, epochs against the model itself, then integers. */
import type { Training } from '../../../report/schema.ts';
import type { StoredArtifact } from '../../artifact.ts';
import type { MadeVariant } from '../../steps/compress.ts';
import { qatExportStep } from '../../steps/qat-export.ts';
import { qatFormStep } from '../../steps/qat-form.ts';
import { trainValidateStep } from '../../steps/train-validate.ts';
import { trainingCheckStep } from '../../steps/training-check.ts';
import {
  BATCH,
  epochsFor,
  LEAST_PRECISION_EPOCHS,
  rateFor,
  shortened,
} from '../../training/defaults.ts';
import type { TrainedPrecision } from '../../training/recipe.ts';
import { type CompressOrder, compressInput } from '../compress-variant.ts';
import type { ModelWork } from '../model-work.ts';
import {
  againstText,
  hasLabels,
  lossText,
  type NoLesson,
  samplesOf,
  type Taught,
} from './lesson.ts';
import { runEpochs } from './run-epochs.ts';

/** A variant that was trained as it is. */
export interface TrainedPrecisionResult extends Omit<MadeVariant, 'plan'> {
  readonly training: Training;
}

/** `order.model` is a finished float32 model, which teaches what is made of it. */
export async function trainPrecision(
  work: ModelWork,
  order: CompressOrder & { readonly variant: TrainedPrecision },
): Promise<TrainedPrecisionResult | NoLesson> {
  const { job, tasks, samples: all, source } = work;
  const { model: teacher, variant, id } = order;
  const { temperature, hard } = job.train;
  return tasks.group<TrainedPrecisionResult | NoLesson>(id, async (run) => {
    const checked = (taught: Taught) =>
      run(trainingCheckStep, {
        ...{ model: teacher, teacher, samples: samplesOf(work, taught) },
        ...(temperature !== undefined && { temperature }),
        ...(hard !== undefined && { hard }),
      });
    let taught: Taught = hasLabels(work) ? 'both' : 'teacher';
    let check = await checked(taught);
    // Labels that no loss is known for leave the teacher.
    if (check.status === 'skipped' && taught === 'both') {
      taught = 'teacher';
      check = await checked(taught);
    }
    const samples = samplesOf(work, taught);
    if (check.status === 'skipped') return { output: check, note: check.reason };
    const form = await run(qatFormStep, compressInput(work, order));
    if (form.status === 'skipped') return { output: form, note: form.reason };
    const { loss, counts } = check;
    const metric = all.metrics?.selection;
    const validate = (model: StoredArtifact) =>
      run(trainValidateStep, {
        ...{ model, samples, loss, teacher, reference: source.artifact },
        ...(metric && { metric }),
      });
    const before = await validate(form.model);
    const full = job.train.epochs ?? epochsFor(counts.training);
    const epochs = shortened(full, LEAST_PRECISION_EPOCHS);
    const input = {
      ...{ samples, loss, teacher, seed: job.seed, count: counts.training },
      trainable: form.trainable,
      keepsZeros: true,
      batch: job.train.batch ?? BATCH,
      rate: job.train.rate ?? rateFor(variant),
    };
    const { minutes } = job.train;
    const trained = await runEpochs(
      run,
      input,
      { model: form.model, validation: before.loss },
      { ...{ epochs, minutes, before: 0, total: epochs }, seconds: minutes * 60 },
    );
    const after = await validate(trained.model);
    const exported = await run(qatExportStep, {
      ...{ model: trained.model, plan: form.plan, shapes: all.facts.shapes },
      ...(job.opset !== undefined && { opset: job.opset }),
    });
    const { description, keptInFloat, notes } = form;
    const states = [
      { state: 'start', ...before },
      { state: 'trained', ...after },
    ] as const;
    const training: Training = {
      name: variant,
      samples: counts.training,
      validationSamples: counts.validation,
      ...(all.isSynthetic && { synthetic: true }),
      against: againstText(loss, 'the float32 form'),
      loss: lossText(loss),
      batch: input.batch,
      rate: input.rate,
      ...(metric?.name !== undefined && { metric: metric.name }),
      states: states.flatMap(({ state, loss: validation, score }) =>
        validation === undefined
          ? []
          : [{ state, validation, ...(score !== undefined && { score }) }],
      ),
      plans: [form.plan],
      epochs: [...trained.epochs],
      planned: epochs,
      best: trained.best,
      ...(trained.stopped !== undefined && { stopped: trained.stopped }),
    };
    const output: TrainedPrecisionResult = {
      status: 'done',
      ...exported,
      ...{ description, keptInFloat, training },
      notes: [...notes, ...check.notes],
    };
    return { output, note: description };
  });
}
