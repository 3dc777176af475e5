/**
 * Guards the versions of steps: a step whose output for the same input changes must raise its version, or
 * stores would go on answering with the old one. After raising it: `UPDATE_GOLDEN=1 npx vitest run
 * --project fast test/pipeline/golden-steps.test.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Digest } from '../../shared/base/brand.ts';
import { digestJson } from '../../shared/base/digest.ts';
import { planPruning } from '../../shared/compress/prune/plan-pruning.ts';
import { quantizeInt8 } from '../../shared/compress/quantize/int8/quantize-int8.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import {
  artifactPath,
  type StoredArtifact,
  sourceArtifact,
  storeModel,
} from '../../shared/pipeline/artifact.ts';
import type { Step } from '../../shared/pipeline/step.ts';
import { compressStep } from '../../shared/pipeline/steps/compress.ts';
import { describeStep } from '../../shared/pipeline/steps/describe.ts';
import { finishStep } from '../../shared/pipeline/steps/finish.ts';
import { float16PlanStep } from '../../shared/pipeline/steps/float16-plan.ts';
import { importStep } from '../../shared/pipeline/steps/import.ts';
import { judgeStep } from '../../shared/pipeline/steps/judge.ts';
import { prepareStep } from '../../shared/pipeline/steps/prepare.ts';
import { prepareLayoutStep } from '../../shared/pipeline/steps/prepare-layout.ts';
import { prepareLookStep } from '../../shared/pipeline/steps/prepare-look.ts';
import { probeShapesStep } from '../../shared/pipeline/steps/probe-shapes.ts';
import { pruneApplyStep } from '../../shared/pipeline/steps/prune-apply.ts';
import { STEP_NAMES } from '../../shared/pipeline/steps/registry.ts';
import { renameStep } from '../../shared/pipeline/steps/rename.ts';
import { splitStep } from '../../shared/pipeline/steps/split.ts';
import { trainingCheckStep } from '../../shared/pipeline/steps/training-check.ts';
import { trainingFormStep } from '../../shared/pipeline/steps/training-form.ts';
import { weightsJoinStep } from '../../shared/pipeline/steps/weights-join.ts';
import { weightsLayoutStep } from '../../shared/pipeline/steps/weights-layout.ts';
import { weightsPartStep } from '../../shared/pipeline/steps/weights-part.ts';
import { prepareInt8 } from '../../shared/pipeline/variants/make-int8.ts';
import { withChoiceSamples } from '../../shared/pipeline/variants/part-samples.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { storeLarge } from './_large-model.ts';
import { type TrainingWork, trainingWork } from './_training-work.ts';
import { type DigitsWork, digitsWork } from './digits-work.ts';
import { EXAMPLES } from './inline-context.ts';

const GOLDEN = new URL('./golden/steps.json', import.meta.url);

/**
 * Measurements, and numbers that other kernels round otherwise: nothing to compare on another machine.
 * `build`: onnxruntime writes its own format in another order each time. Of `int8` only the plain
 * conversion is watched, see below.
 */
const WITHOUT_GOLDEN = [
  ...['latency', 'latency-group', 'memory', 'score', 'build', 'verify'],
  // Sums of kernels, again: moments, losses, weights, scores, ranges.
  ...['calibrate-norms', 'train-validate', 'train-epoch', 'prune-plan', 'qat-form', 'qat-export'],
  // By the libraries of the Node that runs.
  'compressed-size',
];

interface Entry {
  readonly version: number;
  readonly output: string;
}

let work: DigitsWork;
beforeAll(async () => {
  work = await digitsWork();
});
afterAll(closeSharedProcess);

const golden = (): Record<string, Entry> => JSON.parse(readFileSync(GOLDEN, 'utf8'));

async function entryOf<I, O>(step: Step<I, O>, input: I, of: DigitsWork = work): Promise<Entry> {
  return { version: step.version, output: digestJson(await step.run(input, of.tools())) };
}

/**
 * `int8` without its search, whose choices are measured, so that another CPU may choose otherwise. The
 * conversion by ranges from minimum to maximum depends on a kernel in the ends of the ranges alone, which
 * are rounded to 12 bits: those of the digits lie 1.4e-5 of their size or more from where they would be
 * rounded otherwise, a hundred times what kernels differ by.
 */
async function plainInt8Entry({ prepared, samples }: DigitsWork): Promise<Entry> {
  const tools = work.tools();
  using opened = openModel(await artifactPath(prepared.model, tools));
  const model = await prepareInt8(opened.model);
  const input = {
    model: prepared.model,
    variant: 'int8',
    hardware: 'x64' as const,
    data: samples.refs,
    split: samples.split,
    seed: 0,
  };
  const made = await withChoiceSamples(model, input, tools, ({ calibration }) =>
    quantizeInt8(model, { hardware: 'x64', calibration, seed: 0, seconds: 0, log: tools.log }),
  );
  const { digest } = await storeModel(made.model, tools);
  return { version: compressStep.version, output: digestJson({ digest, plan: made.plan }) };
}

/** Magnitudes are the weights' own: no kernel has a part in the plan. */
async function planPruningByMagnitude(
  { context, tools }: TrainingWork,
  form: StoredArtifact,
): Promise<Digest> {
  using opened = openModel(await artifactPath(form, tools()));
  const pattern = { kind: 'anywhere', percent: 80 } as const;
  return context.store.putBytes(JSON.stringify(await planPruning(opened.model, { pattern })));
}

/** Every step on a fixed input, the digits example. */
async function allEntries(): Promise<Record<string, Entry>> {
  const { prepared, samples, context } = work;
  const source = await sourceArtifact(join(EXAMPLES, 'digits.onnx'));
  // The digits hold no weights that 4 bits are for.
  const fashion = fileURLToPath(new URL('../fixtures/fashion-cnn/model.onnx', import.meta.url));
  const inFour = await sourceArtifact(fashion);
  work.sources[inFour.digest] = fashion;
  const compress = (variant: string, model = prepared.model, data = samples.refs) =>
    entryOf(compressStep, {
      model,
      variant,
      hardware: 'x64',
      data,
      split: samples.split,
      seed: 0,
      ...(samples.metrics && { metric: samples.metrics.selection }),
    });
  const scores = (right: number) => {
    const values = Array.from({ length: 100 }, (_, index) => (index < right ? 1 : 0));
    return context.store.putBytes(
      JSON.stringify({
        metric: 'top1',
        width: 1,
        indices: values.map((_, index) => index),
        values,
      }),
    );
  };
  const large = await storeLarge({ store: context.store, tempDir: context.folder });
  const layoutInput = {
    model: large,
    variant: 'int8-weights',
    hardware: 'x64' as const,
    parts: { bytes: 1 << 16, chunk: 1 << 14 },
  };
  const laidOut = await weightsLayoutStep.run(layoutInput, work.tools());
  if (laidOut.status !== 'laid-out' || !laidOut.plan)
    throw new Error(`it was not laid out: ${laidOut.status}`);
  const { digest, suffix, external } = large;
  const [made] = (laidOut.files[0]?.pieces ?? []).filter((piece) => piece.kind === 'made');
  if (!made) throw new Error('no part is to be made');
  const { offset, length, reads } = made;
  const partInput = {
    model: { digest, suffix, ...(external && { external }) },
    plan: laidOut.plan,
    file: 'model' as const,
    window: { offset, length },
    reads,
  };
  const part = await weightsPartStep.run(partInput, work.tools());
  const piece = { digest: part.digest, offset: 0, length };
  const keras = fileURLToPath(
    new URL('../fixtures/tensorflow/digits_cnn/model.keras', import.meta.url),
  );
  const imported = await sourceArtifact(keras);
  work.sources[imported.digest] = keras;
  const trained = await trainingWork({}, { usesLabels: false });
  // Its normalizations are there: none is estimated by kernels.
  const unfolded = join(EXAMPLES, 'digits.keras');
  const given = await sourceArtifact(unfolded);
  trained.sources[given.digest] = unfolded;
  const read = await importStep.run({ source: given, shown: 'digits.keras' }, trained.tools());
  const formInput = { source: read.model, samples: trained.data, seed: 0 };
  const form = await trainingFormStep.run(formInput, trained.tools());
  if (form.status !== 'done') throw new Error(form.reason);
  return {
    import: await entryOf(importStep, { source: imported, shown: 'model.keras' }),
    describe: await entryOf(describeStep, { model: source, shown: 'digits.onnx' }),
    prepare: await entryOf(prepareStep, { source }),
    'prepare-look': await entryOf(prepareLookStep, { source: large }),
    'prepare-layout': await entryOf(prepareLayoutStep, {
      ...{ source: large, parts: layoutInput.parts },
      reads: (await prepareLookStep.run({ source: large }, work.tools())).reads ?? [],
    }),
    rename: await entryOf(renameStep, {
      model: source,
      names: { inputs: { image: 'x' }, outputs: { output_0: 'y' } },
    }),
    'probe-shapes': await entryOf(probeShapesStep, { model: prepared.model, shapes: {}, seed: 0 }),
    split: await entryOf(splitStep, {
      model: prepared.model,
      data: samples.refs,
      seed: 0,
      needsTraining: false,
    }),
    'compress float16': await compress('float16'),
    'compress int8 without search': await plainInt8Entry(work),
    'compress int8-dynamic': await compress('int8-dynamic'),
    'compress int8-weights': await compress('int8-weights'),
    'float16-plan': await entryOf(float16PlanStep, {
      ...{ model: prepared.model, variant: 'float16', hardware: 'x64', seed: 0 },
      ...{ data: samples.refs, split: samples.split },
    }),
    'weights-layout': await entryOf(weightsLayoutStep, layoutInput),
    'weights-part': await entryOf(weightsPartStep, partInput),
    'weights-join': await entryOf(weightsJoinStep, {
      files: [{ file: 'model' as const, pieces: [piece, piece] }],
    }),
    // With data its codes follow sums of products, which other kernels round otherwise.
    'compress int4 without data': await compress('int4', inFour, {
      synthetic: { samples: 1, seed: 0, shapes: {} },
    }),
    'training-form': await entryOf(trainingFormStep, formInput, trained),
    'training-check': await entryOf(
      trainingCheckStep,
      { model: form.model, samples: { ...trained.data, usesLabels: true } },
      trained,
    ),
    'prune-apply': await entryOf(
      pruneApplyStep,
      { model: form.model, plan: await planPruningByMagnitude(trained, form.model) },
      trained,
    ),
    finish: await entryOf(finishStep, { model: form.model }, trained),
    judge: await entryOf(judgeStep, {
      metric: { name: 'top1' },
      base: await scores(90),
      variant: await scores(80),
      isSameOutput: false,
      seed: 0,
    }),
  };
}

test('outputs change only with versions', async () => {
  const entries = await allEntries();
  if (process.env.UPDATE_GOLDEN) writeFileSync(GOLDEN, `${JSON.stringify(entries, null, 2)}\n`);
  const known = golden();
  const unsaid = Object.entries(entries).filter(
    ([name, { version, output }]) =>
      known[name]?.version === version && known[name].output !== output,
  );
  expect(
    unsaid.map(([name]) => `${name}: its output changed, so raise the version of the step`),
  ).toEqual([]);
  expect(
    entries,
    'the golden file is of other versions: write it anew with UPDATE_GOLDEN=1',
  ).toEqual(known);
});

test('every step is watched, or there is a reason', () => {
  const watched = new Set(Object.keys(golden()).map((name) => name.split(' ')[0]));
  expect(STEP_NAMES.filter((name) => !watched.has(name) && !WITHOUT_GOLDEN.includes(name))).toEqual(
    [],
  );
});
