/**
 * A model of which nothing could be run here: no row says anything of it, so there is no report that could
 * be called OK. Its files could be written, but nobody would know what they compute.
 */
import {
  DefectError,
  type FettleError,
  LimitError,
  ModelError,
  TimeLimitError,
  ToolError,
} from '../../base/errors.ts';
import { scoreStep } from '../steps/score.ts';
import { machineFor } from './machines.ts';
import type { Measured, Measurements } from './measure.ts';
import type { DoneBuild, ModelWork } from './model-work.ts';

/**
 * Of `builds` those count that some machine should run. Where there are files to keep, running out of memory is no
 * reason: a larger machine may do. Nor is failing on inputs that were only drawn: others may do.
 * @throws why the base could not be run, when nothing of any build was measured
 */
export async function refuseUnrunnable(
  work: ModelWork,
  builds: readonly DoneBuild[],
  measurements: Measurements,
  { hasFiles = true } = {},
): Promise<void> {
  const { context } = work;
  const found = builds
    .filter(({ hardware }) => machineFor(hardware, context) !== undefined)
    .map((build) => measurements.of(build, context));
  if (found.some((measured) => measured === undefined || wasMeasured(measured))) return;
  const base = measurements.any(work.prepared.model);
  const failure = [base, ...found].find((measured) => measured?.failure)?.failure;
  const isOnlyMemory = failure instanceof LimitError && !(failure instanceof TimeLimitError);
  if (!failure || (isOnlyMemory && hasFiles)) return;
  if (failure instanceof ToolError && work.samples.isSynthetic && hasFiles) return;
  await checkSource(work, failure);
  throw failure;
}

const wasMeasured = ({ score, latency, peakBytes }: Measured): boolean =>
  score !== undefined || latency?.status === 'done' || peakBytes !== undefined;

/** @throws DefectError when it is the float32 form alone that is no model */
async function checkSource(work: ModelWork, failure: FettleError): Promise<void> {
  const { source, prepared, samples, tasks } = work;
  if (!(failure instanceof ModelError) || source.artifact.digest === prepared.model.digest) return;
  const { artifact } = source;
  const { refs: data, split } = samples;
  try {
    await tasks.run('score evaluation', scoreStep, {
      model: artifact,
      reference: artifact,
      data,
      split,
      part: 'evaluation',
    });
  } catch {
    return;
  }
  throw new DefectError(
    `the float32 form of ${work.job.shownSource} is broken: ${failure.message}`,
    {
      cause: failure,
    },
  );
}
