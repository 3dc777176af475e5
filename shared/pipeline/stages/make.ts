/** The stage that makes things: variants of the float32 model, and of each the targets. */
import type { Hardware } from '../../base/hardware.ts';
import type { StoredArtifact } from '../artifact.ts';
import type { Job } from '../job.ts';
import { isCalibrated, isTrained } from '../names.ts';
import { buildStep } from '../steps/build.ts';
import { compressStep } from '../steps/compress.ts';
import { type Attempt, attempt } from '../task-runner.ts';
import { trainedRecipe } from '../training/recipe.ts';
import { type AutoBudget, NO_TIME } from './auto-budget.ts';
import { compressVariant } from './compress-variant.ts';
import { type Machines, nativeHardware } from './machines.ts';
import type { Build, ModelWork, VariantFacts } from './model-work.ts';
import { checkLessons } from './train/lesson.ts';
import { makeTrained } from './train/make-trained.ts';

/** A variant in ONNX, before it is built for targets. */
export interface MadeOnnx {
  readonly variant: string;
  readonly hardware: Hardware;
  readonly isRow: boolean;
  readonly result: Attempt<{ readonly model: StoredArtifact; readonly facts: VariantFacts }>;
}

/** Variants that `auto` looks at, asked for or not: those that take longest come last, if there is time. */
const CANDIDATES = ['int8-dynamic', 'int8-weights', 'int4', 'float16', 'int8'] as const;

export const compressTaskId = (variant: string, hardware: Hardware): string =>
  `make ${variant} ${hardware}`;

/** `float32` first, then every variant asked for, then what only `auto` wants to see and has time for. */
export async function makeVariants(work: ModelWork, budget: AutoBudget): Promise<MadeOnnx[]> {
  const { job, prepared } = work;
  const { model, notes } = prepared;
  const makers: (() => Promise<MadeOnnx>)[] = [];
  for (const hardware of job.hardware) {
    const facts: VariantFacts = { facts: prepared.facts, notes: [...notes] };
    const plain: MadeOnnx['result'] = { status: 'done', value: { model, facts } };
    makers.push(async () => ({ variant: 'float32', hardware, isRow: true, result: plain }));
    for (const variant of job.variants.filter((one) => one !== 'auto')) {
      makers.push(async () => {
        const result = await makeOne(work, variant, hardware);
        return { variant, hardware, isRow: true, result };
      });
    }
    if (!wantsAuto(job, work.context, hardware)) continue;
    for (const variant of extraCandidates(job, !work.samples.isSynthetic)) {
      makers.push(async () => {
        const result = await makeExtra(work, variant, hardware, budget);
        return { variant, hardware, isRow: false, result };
      });
    }
  }
  const { together } = work.context;
  // What nothing can be learned from is said before anything is made.
  const [, made = []] = await together([
    () => checkLessons(work).then(() => []),
    () => together(makers),
  ]);
  return made;
}

/** A candidate of `auto` alone: from its budget, but what is trained has minutes of its own. */
async function makeExtra(
  work: ModelWork,
  variant: string,
  hardware: Hardware,
  budget: AutoBudget,
): Promise<MadeOnnx['result']> {
  const make = () => makeOne(work, variant, hardware);
  if (isTrained(variant)) return make();
  const { bytes } = work.prepared.model;
  const { seconds } = compressStep.estimate({ bytes, variant });
  return budget.allows(seconds) ? budget.spend(make) : outOfTime(work, variant, hardware);
}

function outOfTime({ tasks }: ModelWork, variant: string, hardware: Hardware): MadeOnnx['result'] {
  tasks.skip(compressTaskId(variant, hardware), NO_TIME);
  return { status: 'skipped', reason: NO_TIME, code: 4 };
}

/** Those that are not made anyway; without data what is calibrated could not be chosen. */
export const extraCandidates = (
  { variants, autoTrains }: Pick<Job, 'variants' | 'autoTrains'>,
  hasData: boolean,
): string[] => [
  ...CANDIDATES.filter(
    (variant) => !variants.includes(variant) && (hasData || !isCalibrated(variant)),
  ),
  ...autoTrains,
];

/** `auto` decides by measuring, so it looks at one hardware: the first that is measured. */
export const wantsAuto = (job: Job, machines: Machines, hardware: Hardware): boolean =>
  job.variants.includes('auto') && hardware === nativeHardware(job.hardware, machines);

/** One variant of the float32 model; `id` names the task. */
export async function makeOne(
  work: ModelWork,
  variant: string,
  hardware: Hardware,
  id: string = compressTaskId(variant, hardware),
): Promise<MadeOnnx['result']> {
  const order = { variant, hardware, id };
  const outcome = await attempt(async () => {
    const recipe = trainedRecipe(variant, work.networks?.student !== undefined);
    if (recipe) return makeTrained(work, recipe, order);
    const value = await compressVariant(work, { ...order, model: work.prepared.model });
    if (value.status === 'skipped') return value;
    const { status, model, plan: _, ...facts } = value;
    return { status, value: { model, facts } };
  });
  return outcome.status === 'done' ? outcome.value : outcome;
}

/** Every target of what was made; `auto`'s own candidates only as ONNX. */
export async function buildTargets(work: ModelWork, made: readonly MadeOnnx[]): Promise<Build[]> {
  const builders = made.flatMap((one) =>
    (one.isRow ? work.job.targets : (['onnx'] as const)).map((target) => async () => {
      const { variant, hardware, isRow } = one;
      const result = await buildOne(work, one, target);
      return { variant, hardware, target, isRow, result };
    }),
  );
  return work.context.together(builders);
}

/** The artifact of one target. ONNX is there already. */
export async function buildOne(
  { tasks }: ModelWork,
  { variant, hardware, result }: MadeOnnx,
  target: Build['target'],
): Promise<Build['result']> {
  if (result.status !== 'done') return result;
  const { model, facts } = result.value;
  if (target === 'onnx') return { status: 'done', value: { artifact: model, facts } };
  return attempt(async () => ({
    artifact: await tasks.run(buildTaskId(variant, hardware, target), buildStep, { model, target }),
    facts,
  }));
}

export const buildTaskId = (variant: string, hardware: Hardware, target: string): string =>
  `build ${variant} ${hardware} ${target}`;
