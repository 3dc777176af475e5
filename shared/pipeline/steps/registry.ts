/** Every step by name: a worker loads the one that it is told to run. */
import { DefectError } from '../../base/errors.ts';
import { moduleUrl } from '../../base/module-url.ts';
import type { Step } from '../step.ts';

const LOADERS = {
  import: async () => untyped((await import('./import.ts')).importStep),
  describe: async () => untyped((await import('./describe.ts')).describeStep),
  prepare: async () => untyped((await import('./prepare.ts')).prepareStep),
  'prepare-look': async () => untyped((await import('./prepare-look.ts')).prepareLookStep),
  'prepare-layout': async () => untyped((await import('./prepare-layout.ts')).prepareLayoutStep),
  rename: async () => untyped((await import('./rename.ts')).renameStep),
  'probe-shapes': async () => untyped((await import('./probe-shapes.ts')).probeShapesStep),
  split: async () => untyped((await import('./split.ts')).splitStep),
  score: async () => untyped((await import('./score.ts')).scoreStep),
  latency: async () => untyped((await import('./latency.ts')).latencyPairStep),
  'latency-group': async () => untyped((await import('./latency.ts')).latencyGroupStep),
  build: async () => untyped((await import('./build.ts')).buildStep),
  judge: async () => untyped((await import('./judge.ts')).judgeStep),
  compress: async () => untyped((await import('./compress.ts')).compressStep),
  'float16-plan': async () => untyped((await import('./float16-plan.ts')).float16PlanStep),
  'weights-layout': async () => untyped((await import('./weights-layout.ts')).weightsLayoutStep),
  'weights-part': async () => untyped((await import('./weights-part.ts')).weightsPartStep),
  'weights-join': async () => untyped((await import('./weights-join.ts')).weightsJoinStep),
  'training-form': async () => untyped((await import('./training-form.ts')).trainingFormStep),
  'training-check': async () => untyped((await import('./training-check.ts')).trainingCheckStep),
  'prune-plan': async () => untyped((await import('./prune-plan.ts')).prunePlanStep),
  'prune-apply': async () => untyped((await import('./prune-apply.ts')).pruneApplyStep),
  'calibrate-norms': async () => untyped((await import('./calibrate-norms.ts')).calibrateNormsStep),
  'train-validate': async () => untyped((await import('./train-validate.ts')).trainValidateStep),
  'train-epoch': async () => untyped((await import('./train-epoch.ts')).trainEpochStep),
  'qat-form': async () => untyped((await import('./qat-form.ts')).qatFormStep),
  'qat-export': async () => untyped((await import('./qat-export.ts')).qatExportStep),
  finish: async () => untyped((await import('./finish.ts')).finishStep),
  'compressed-size': async () => untyped((await import('./compressed-size.ts')).compressedSizeStep),
  verify: async () => untyped((await import('./verify.ts')).verifyStep),
  memory: async () => untyped((await import('./memory.ts')).memoryStep),
} satisfies Record<string, () => Promise<Step<unknown, unknown>>>;

export const STEP_NAMES = Object.keys(LOADERS);

/** The step of this name. Inputs are checked by its own schema when it runs. */
export async function loadStep(name: string): Promise<Step<unknown, unknown>> {
  const load = Object.entries(LOADERS).find(([known]) => known === name)?.[1];
  if (!load) throw new DefectError(`there is no step "${name}"`);
  return load();
}

/** The same step for a caller that knows only its name: the schema checks what arrives. */
function untyped<I, O>(step: Step<I, O>): Step<unknown, unknown> {
  const { workload, reads, ...rest } = step;
  return {
    ...rest,
    ...(workload && { workload: (input) => workload(step.input.parse(input)) }),
    ...(reads && { reads: (input) => reads(step.input.parse(input)) }),

    blobs: (output) => step.blobs(step.output.parse(output)),
    run: async (input, tools) => step.run(step.input.parse(input), tools),
  };
}

/** This module, for a worker to import. */
export const REGISTRY_URL = moduleUrl('pipeline/steps/registry').href;
