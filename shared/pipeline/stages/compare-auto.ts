/**
 * `auto` of one side of a comparison: its own choice, made as `optimize` makes it. What is shipped of either model is
 * what was chosen for it, so that is what is compared, though the two may be other variants.
 */
import { DefectError } from '../../base/errors.ts';
import type { Hardware } from '../../base/hardware.ts';
import type { Executor } from '../executor.ts';
import type { Job } from '../job.ts';
import { silentProgress } from '../progress.ts';
import { attempt, TaskRunner } from '../task-runner.ts';
import { searchAuto } from './auto.ts';
import { AutoBudget } from './auto-budget.ts';
import { buildTargets, type MadeOnnx, makeVariants } from './make.ts';
import { Measurements } from './measure.ts';
import { timeRows } from './measure-rows.ts';
import { isDone, type ModelWork } from './model-work.ts';

/** What was chosen for a side, and the variant that it is. */
export interface AutoChoice {
  readonly variant: string;
  readonly result: MadeOnnx['result'];
}

/** Shown as the one task `id`, with all that the search makes and measures. */
export async function chooseForSide(
  work: ModelWork,
  hardware: Hardware,
  id: string,
): Promise<AutoChoice> {
  const chosen = await attempt(() =>
    work.tasks.group(id, async (run) => {
      const parts: Executor = {
        execute: async (step, input, options) => {
          const output = await run(step, input, options);
          return { output, cached: false, seconds: 0 };
        },
        close: async () => {},
      };
      const tasks = new TaskRunner(parts, silentProgress);
      const job: Job = { ...work.job, variants: ['auto'], hardware: [hardware], targets: ['onnx'] };
      const output = await search({ ...work, job, tasks });
      return { output, note: output.variant };
    }),
  );
  return chosen.status === 'done' ? chosen.value : { variant: 'auto', result: chosen };
}

async function search(work: ModelWork): Promise<AutoChoice> {
  const budget = new AutoBudget(work.job.autoSeconds, work.context.now);
  const made = await makeVariants(work, budget);
  const builds = await buildTargets(work, made);
  const measurements = new Measurements();
  await timeRows(work, builds.filter(isDone), measurements);
  const found = await searchAuto(work, made, builds, measurements, budget);
  const result = found?.builds[0]?.result;
  if (!result) throw new DefectError('auto was asked for and not searched');
  if (result.status !== 'done') return { variant: 'auto', result };
  const { artifact: model, facts } = result.value;
  const variant = found.search.candidates.find(({ chosen }) => chosen)?.name ?? 'float32';
  return { variant, result: { status: 'done', value: { model, facts } } };
}
