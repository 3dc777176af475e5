/** What a comparison is going to do, for whoever waits. */
import type { Hardware } from '../../base/hardware.ts';
import type { PipelineContext } from '../context.ts';
import type { Job } from '../job.ts';
import { hasFiles } from '../plan.ts';
import type { PlannedTask } from '../progress.ts';
import type { Step, Workload } from '../step.ts';
import { compressStep } from '../steps/compress.ts';
import { latencyGroupStep } from '../steps/latency.ts';
import { memoryStep } from '../steps/memory.ts';
import { prepareStep } from '../steps/prepare.ts';
import { probeShapesStep } from '../steps/probe-shapes.ts';
import { scoreStep } from '../steps/score.ts';
import { splitStep } from '../steps/split.ts';
import { compressTaskId, extraCandidates } from './make.ts';
import { type IdentifiedSides, type Side, sideTasks, taskId } from './side.ts';

const task = (
  id: string,
  title: string,
  step: Pick<Step<never, unknown>, 'estimate'>,
  work: Workload,
): PlannedTask => ({ id, title, seconds: step.estimate(work).seconds });

/** Tasks in the order in which they run; `base` is absent where one model is measured alone. */
export function planComparison(
  { head, base }: Pick<IdentifiedSides, 'head' | 'base'>,
  job: Job,
  hardware: Hardware,
  { protocol }: Pick<PipelineContext, 'protocol'>,
): PlannedTask[] {
  const { bytes } = head.given.artifact;
  const variants = base ? job.variants : [];
  const work = { bytes, models: (base ? 2 : 1) * (1 + variants.length), protocol };
  const [own, other] = [sideTasks(head), base && sideTasks(base)];
  return [
    ...own.reading,
    ...(other?.reading ?? []),
    ...(hasFiles(head.job)
      ? []
      : [task('shapes', 'inputs: shapes at which it runs', probeShapesStep, work)]),
    task('data', 'data: read and split', splitStep, work),
    ...(other?.proving ?? []),
    ...own.proving,
    ...(base ? [base, head].flatMap((side) => making(side, variants, hardware)) : []),
    task('score evaluation', 'accuracy and fidelity', scoreStep, work),
    task('memory', 'peak memory', memoryStep, work),
    task('latency', base ? 'latency: both side by side' : 'latency', latencyGroupStep, work),
  ];
}

/** Making and timing all that `auto` chooses among. */
const searching = (hasData: boolean): Pick<Step<never, unknown>, 'estimate'> => ({
  estimate: (work) => {
    const candidates = extraCandidates({ variants: ['auto'], autoTrains: [] }, hasData);
    const made = candidates.map((variant) => compressStep.estimate({ ...work, variant }));
    const timed = latencyGroupStep.estimate({ ...work, models: 1 + candidates.length });
    return {
      memoryBytes: Math.max(...[timed, ...made].map(({ memoryBytes }) => memoryBytes)),
      seconds: [timed, ...made].reduce((sum, { seconds }) => sum + seconds, 0),
    };
  },
});

/** Variants of one side; an ONNX model is optimized for them, but not for its own row. */
function making(
  { role, given, job }: Side,
  variants: readonly string[],
  hardware: Hardware,
): PlannedTask[] {
  if (variants.length === 0) return [];
  const { bytes } = given.artifact;
  const prepare =
    given.format === 'onnx' &&
    task(taskId('prepare', role), `float32: optimize the ${role} exactly`, prepareStep, { bytes });
  const made = variants.map((variant) =>
    task(
      taskId(compressTaskId(variant, hardware), role),
      `${variant}: of the ${role}`,
      variant === 'auto' ? searching(hasFiles(job)) : compressStep,
      { bytes, variant },
    ),
  );
  return [...(prepare ? [prepare] : []), ...made];
}
