/**
 * Latency, accuracy, fidelity and memory of builds, noted in `measurements`. Running out of time, or a
 * runtime that fails on these inputs, costs numbers, not rows.
 */
import { DefectError, FettleError, TimeLimitError } from '../../base/errors.ts';
import { isUsersMistake, reasonOf } from '../reason.ts';
import {
  type Measured,
  type Measurements,
  measurable,
  measuredOf,
  scoreBuilds,
  timeBuilds,
  weighBuilds,
} from './measure.ts';
import type { DoneBuild, ModelWork } from './model-work.ts';
import { nameModels } from './name-models.ts';
import { refuseUnrunnable } from './refuse-unrunnable.ts';

/** Everything of every build that can run here. @throws when nothing at all could be run: there is nothing else to say */
export async function measureRows(
  work: ModelWork,
  builds: readonly DoneBuild[],
  measurements: Measurements,
): Promise<void> {
  await proveRows(work, builds, measurements);
  await timeRows(work, builds, measurements);
  await refuseUnrunnable(work, measurable(work, builds), measurements, { hasFiles: false });
}

/** Latency, the last that is measured. @throws when nothing at all could be run, see {@link refuseUnrunnable} */
export async function timeRows(
  work: ModelWork,
  builds: readonly DoneBuild[],
  measurements: Measurements,
): Promise<void> {
  const here = measurable(work, builds);
  if (!work.context.measuresLatency) {
    for (const { result } of here)
      say(measuredOf(measurements, result.value.artifact), 'latency not measured: switched off');
    return;
  }
  const named = namesIn(work, here);
  await orNoted('latency not measured', here, measurements, named, async () => {
    const pairs = await timeBuilds(work, here);
    for (const { result } of here) {
      const { artifact } = result.value;
      const measured = measuredOf(measurements, artifact);
      const pair = pairs.get(artifact.digest);
      if (pair?.status === 'failed') say(measured, `latency not measured: ${named(pair.reason)}`);
      if (pair) measured.latency = pair;
    }
  });
  await refuseUnrunnable(work, here, measurements);
}

/** Accuracy and fidelity on the evaluation samples, and memory. */
export async function proveRows(
  work: ModelWork,
  builds: readonly DoneBuild[],
  measurements: Measurements,
): Promise<void> {
  const here = measurable(work, builds);
  const named = namesIn(work, here);
  const score = (): Promise<void> =>
    orNoted(NOT_SCORED, here, measurements, named, async () => {
      const scores = await scoreBuilds(work, here, 'evaluation');
      for (const { result } of here) {
        const measured = measuredOf(measurements, result.value.artifact);
        const score = scores.get(result.value.artifact.digest);
        if (score && 'reason' in score) say(measured, `not scored: ${named(score.reason)}`);
        else if (score) Object.assign(measured, score);
      }
    });
  const weigh = (): Promise<void> =>
    orNoted('memory not measured', here, measurements, named, async () => {
      const peaks = await weighBuilds(work, here);
      for (const { result } of here) {
        const peak = peaks.get(result.value.artifact.digest);
        if (peak?.status === 'done')
          measuredOf(measurements, result.value.artifact).peakBytes = peak.value;
      }
    });
  await work.context.together([score, weigh]);
}

const NOT_SCORED = 'not scored';

async function orNoted(
  what: string,
  builds: readonly DoneBuild[],
  measurements: Measurements,
  named: (text: string) => string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isOurs = !(error instanceof FettleError) || error instanceof DefectError;
    if (isOurs || isUsersMistake(error)) throw error;
    error.message = named(error.message);
    // What everything is compared with did not end: nothing else is worth its time.
    if (error instanceof TimeLimitError && what === NOT_SCORED) throw error;
    for (const { result } of builds) {
      const measured = measuredOf(measurements, result.value.artifact);
      measured.failure ??= error;
      say(measured, `${what}: ${reasonOf(error)}`);
    }
  }
}

const namesIn =
  ({ job }: ModelWork, builds: readonly DoneBuild[]) =>
  (text: string): string =>
    nameModels(text, builds, job.shownSource);

/** Each thing once, however often it was tried. */
function say({ notes }: Measured, note: string): void {
  if (!notes.includes(note)) notes.push(note);
}
