/** The same variant of two models, made of each and measured beside each other. */
import type { Hardware } from '../../base/hardware.ts';
import { prepareStep } from '../steps/prepare.ts';
import { renameStep } from '../steps/rename.ts';
import { attempt } from '../task-runner.ts';
import { type AutoChoice, chooseForSide } from './compare-auto.ts';
import { compressTaskId, type MadeOnnx, makeOne } from './make.ts';
import { Measurements } from './measure.ts';
import { measureRows } from './measure-rows.ts';
import { type Build, isDone, type ModelWork } from './model-work.ts';
import { type MeasuredSide, taskId } from './side.ts';

/** Builds that are measured against one base: `work.prepared.model`, which is the first of them. */
export interface RowGroup {
  readonly work: ModelWork;
  readonly builds: readonly Build[];
  readonly measurements: Measurements;
}

/** A variant that only one of the two can be made is a row with the reason. */
export async function variantGroups(
  work: ModelWork,
  sides: { readonly base: MeasuredSide; readonly head: MeasuredSide },
  hardware: Hardware,
): Promise<RowGroup[]> {
  const { job, context } = work;
  if (job.variants.length === 0) return [];
  const { together } = context;
  const [base, head] = await together([
    () => floatWork(work, sides.base),
    () => floatWork(work, sides.head),
  ]);
  if (!base || !head) return [];
  const make =
    (side: ModelWork, variant: string, role: 'base' | 'head') => async (): Promise<AutoChoice> => {
      const id = taskId(compressTaskId(variant, hardware), role);
      if (variant === 'auto') return chooseForSide(side, hardware, id);
      return { variant, result: await makeOne(side, variant, hardware, id) };
    };
  const made = await together(
    job.variants.flatMap((variant) => [make(base, variant, 'base'), make(head, variant, 'head')]),
  );
  return job.variants.flatMap((variant, index) => {
    const [ofBase, ofHead] = [made[2 * index], made[2 * index + 1]];
    if (!ofBase || !ofHead) return [];
    const group = groupOf(base, variant, hardware, ofBase.result, ofHead.result);
    return [withChoices(group, ofBase, ofHead)];
  });
}

/** The row of the head says so where `auto` chose another variant of the base. */
export function withChoices(group: RowGroup, ofBase: AutoChoice, ofHead: AutoChoice): RowGroup {
  if (ofBase.variant === ofHead.variant || ofBase.result.status !== 'done') return group;
  const note = `auto chose ${ofBase.variant} of the base`;
  const builds = group.builds.map((build): Build => {
    if (!build.isRow || !isDone(build)) return build;
    const { artifact, facts } = build.result.value;
    const noted = { ...facts, notes: [...facts.notes, note] };
    return { ...build, result: { status: 'done', value: { artifact, facts: noted } } };
  });
  return { ...group, builds };
}

/** Measures a group. What keeps all of it from running is the reason of its row. */
export async function measureGroup(group: RowGroup): Promise<RowGroup> {
  const { work, builds, measurements } = group;
  const done = builds.filter(isDone);
  if (done.length < builds.length) return group;
  const outcome = await attempt(() => measureRows(work, done, measurements));
  if (outcome.status === 'done') return group;
  return { ...group, builds: builds.map((build) => ({ ...build, result: outcome })) };
}

/** A side as the stage that makes variants takes it: with its float32 form, under the names of the base. */
async function floatWork(work: ModelWork, side: MeasuredSide): Promise<ModelWork> {
  const { role, given, prepared, imported, renamed } = side;
  const { tasks, source } = work;
  if (!imported) {
    const own = await tasks.run(taskId('prepare', role), prepareStep, { source: prepared.model });
    return {
      ...work,
      prepared: own,
      source: { ...source, artifact: prepared.model, given: given.artifact, format: given.format },
    };
  }
  const artifact = renamed
    ? (await tasks.run('rename', renameStep, { model: imported, names: renamed.names })).model
    : imported;
  return {
    ...work,
    prepared,
    source: { ...source, artifact, given: given.artifact, format: given.format },
  };
}

function groupOf(
  work: ModelWork,
  variant: string,
  hardware: Hardware,
  base: MadeOnnx['result'],
  head: MadeOnnx['result'],
): RowGroup {
  const measurements = new Measurements();
  const row = { variant, hardware, target: 'onnx', isRow: true } as const;
  if (head.status !== 'done') return { work, builds: [{ ...row, result: head }], measurements };
  if (base.status !== 'done') {
    const reason = `there is none of the base to compare with: ${base.reason}`;
    return { work, builds: [{ ...row, result: { ...base, reason } }], measurements };
  }
  const build = ({ value }: typeof base, isRow: boolean): Build => ({
    ...row,
    isRow,
    result: { status: 'done', value: { artifact: value.model, facts: value.facts } },
  });
  const { model, facts } = base.value;
  const prepared = { ...work.prepared, model, facts: facts.facts };
  return {
    work: { ...work, prepared, source: { ...work.source, artifact: model } },
    builds: [build(base, false), build(head, true)],
    measurements,
  };
}
