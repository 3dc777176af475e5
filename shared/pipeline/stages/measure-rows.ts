/**
 * Latency, accuracy, fidelity and memory of builds, noted in `measurements`. Running out of time, or a
 * runtime that fails on these inputs, costs numbers, not rows.
 */
import { DefectError, FettleError, TimeLimitError } from '../../base/errors.ts';
import { isUsersMistake, reasonOf } from '../reason.ts';
import { machineFor, machinesOf, workOn } from './machines.ts';
import {
  type Measured,
  type Measurements,
  measurable,
  scoreBuilds,
  timeBuilds,
  weighBuilds,
} from './measure.ts';
import type { DoneBuild, ModelWork } from './model-work.ts';
import { nameModels } from './name-models.ts';
import { refuseUnrunnable } from './refuse-unrunnable.ts';

/** Everything of every build that can run somewhere. @throws when nothing at all could be run: there is nothing else to say */
export async function measureRows(
  work: ModelWork,
  builds: readonly DoneBuild[],
  measurements: Measurements,
): Promise<void> {
  await proveRows(work, builds, measurements);
  await timeRows(work, builds, measurements);
  await refuseUnrunnable(work, builds, measurements, { hasFiles: false });
}

/** Latency, the last that is measured. @throws when nothing at all could be run, see {@link refuseUnrunnable} */
export async function timeRows(
  work: ModelWork,
  builds: readonly DoneBuild[],
  measurements: Measurements,
): Promise<void> {
  await onEachMachine(work, builds, (place) => timePlace(place, measurements));
  if (work.context.measuresLatency) await refuseUnrunnable(work, builds, measurements);
}

/** Accuracy and fidelity on the evaluation samples, and memory. */
export async function proveRows(
  work: ModelWork,
  builds: readonly DoneBuild[],
  measurements: Measurements,
): Promise<void> {
  await onEachMachine(work, builds, (place) => provePlace(place, measurements));
}

/** What is measured on one machine. */
interface Place {
  readonly work: ModelWork;
  readonly builds: readonly DoneBuild[];
}

/** Machines that have nothing to measure are left out. */
async function onEachMachine(
  work: ModelWork,
  builds: readonly DoneBuild[],
  measure: (place: Place) => Promise<void>,
): Promise<void> {
  const { context } = work;
  const places = machinesOf(context).flatMap((machine): Place[] => {
    const own = workOn(work, machine);
    const mine = builds.filter(({ hardware }) => machineFor(hardware, context) === machine);
    return mine.length > 0 ? [{ work: own, builds: measurable(own, mine) }] : [];
  });
  await context.together(places.map((place) => () => measure(place)));
}

async function timePlace({ work, builds }: Place, measurements: Measurements): Promise<void> {
  const entryOf = entriesOn(work, measurements);
  if (!work.context.measuresLatency) {
    for (const build of builds) say(entryOf(build), 'latency not measured: switched off');
    return;
  }
  const named = namesIn(work, builds);
  await orNoted('latency not measured', builds, entryOf, named, async () => {
    const pairs = await timeBuilds(work, builds);
    for (const build of builds) {
      const pair = pairs.get(build.result.value.artifact.digest);
      const measured = entryOf(build);
      if (pair?.status === 'failed') say(measured, `latency not measured: ${named(pair.reason)}`);
      if (pair) measured.latency = pair;
    }
  });
}

async function provePlace({ work, builds }: Place, measurements: Measurements): Promise<void> {
  const entryOf = entriesOn(work, measurements);
  const named = namesIn(work, builds);
  const score = (): Promise<void> =>
    orNoted(NOT_SCORED, builds, entryOf, named, async () => {
      const scores = await scoreBuilds(work, builds, 'evaluation');
      for (const build of builds) {
        const score = scores.get(build.result.value.artifact.digest);
        if (score && 'reason' in score) say(entryOf(build), `not scored: ${named(score.reason)}`);
        else if (score) Object.assign(entryOf(build), score);
      }
    });
  const weigh = (): Promise<void> =>
    orNoted('memory not measured', builds, entryOf, named, async () => {
      const peaks = await weighBuilds(work, builds);
      for (const build of builds) {
        const peak = peaks.get(build.result.value.artifact.digest);
        if (peak?.status === 'done') entryOf(build).peakBytes = peak.value;
      }
    });
  await work.context.together([score, weigh]);
}

const entriesOn =
  ({ context }: ModelWork, measurements: Measurements) =>
  ({ result }: DoneBuild): Measured =>
    measurements.entry(context.machine, result.value.artifact);

const NOT_SCORED = 'not scored';

async function orNoted(
  what: string,
  builds: readonly DoneBuild[],
  entryOf: (build: DoneBuild) => Measured,
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
    for (const build of builds) {
      const measured = entryOf(build);
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
