/** A model, its loss and its teacher in the size of one batch: what training and validation begin with. */
import { InputError } from '../base/errors.ts';
import type { NamedTensors } from '../base/tensor.ts';
import type { Label } from '../measure/data/data-set.ts';
import { describeInput, inputSignature } from '../measure/data/input-signature.ts';
import { fedInputs } from '../onnx/fed-inputs.ts';
import type { Model, ValueInfo } from '../onnx/model.ts';
import { removeDeadCode } from '../passes/remove-dead-code.ts';
import { runPasses } from '../rewrite/run-passes.ts';
import type { CarryOptions } from '../runtime/carried-session.ts';
import { staticShapes } from './autodiff/static-shapes.ts';
import { type BatchForm, batchForm, stack } from './batch-form.ts';
import { type NormState, withTrainingNorms } from './batch-norms.ts';
import type { Shape } from './emitter.ts';
import { type LossHead, lossHead } from './loss-head.ts';
import type { LossSpec } from './loss-spec.ts';
import { infoOf } from './step-graph.ts';
import type { TrainSamples } from './train-samples.ts';

export interface SetUpOptions {
  readonly loss: LossSpec;
  readonly teacher?: Model;
  /** Samples a batch, where the model can take so many. */
  readonly batch: number;
  /** Whether norms go by the moments of the batch; they cannot where a batch is one sample. */
  readonly trainsNorms: boolean;
}

export interface SetUp {
  readonly form: BatchForm;
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly states: readonly NormState[];
  readonly head: LossHead;
  /** The teacher, as it runs before each step. */
  readonly helper?: NonNullable<CarryOptions['helper']>;
}

/** `sample`: any of those that will come. @throws InputError for a teacher that does not fit */
export async function setUp(
  model: Model,
  sample: NamedTensors,
  { loss, teacher, batch, trainsNorms }: SetUpOptions,
): Promise<SetUp> {
  const needed = await cutTo(model, valuesOf(loss, 'student'));
  const taught =
    loss.kind === 'teacher' && teacher
      ? await teacherForm(await cutTo(teacher, valuesOf(loss, 'teacher')), model, sample, batch)
      : undefined;
  const form = await batchForm(needed, sample, taught?.form.batch ?? batch);
  const other =
    taught && taught.form.batch !== form.batch
      ? await teacherForm(taught.model, model, sample, form.batch)
      : taught;
  const hasNorms = trainsNorms && form.batch > 1;
  const { model: running, states } = hasNorms
    ? withTrainingNorms(form.model)
    : { model: form.model, states: [] };
  const shapes = await staticShapes(running);
  const head = lossHead(loss, {
    graph: running.graph,
    shapes,
    ...(other && { teacher: { graph: other.form.model.graph, shapes: other.shapes } }),
  });
  return {
    form: { ...form, model: running },
    shapes,
    states,
    head,
    ...(other && head.taught.length > 0 && { helper: helperOf(other, head) }),
  };
}

/** What the loss reads of a model. */
function valuesOf(loss: LossSpec, of: 'student' | 'teacher'): readonly string[] {
  if (loss.kind !== 'teacher') return [loss.output];
  const labels = of === 'student' && loss.labels ? [loss.labels.output] : [];
  const pairs = [...loss.outputs, ...(loss.features ?? [])];
  return [...new Set([...labels, ...pairs.map((pair) => pair[of])])];
}

/** Without what none of the values needs: boxes that are sorted out behind them have sizes that depend on data. */
async function cutTo(model: Model, values: readonly string[]): Promise<Model> {
  const outputs = values.map((name): ValueInfo => {
    const known = model.graph.outputs.find((output) => output.name === name);
    return known ?? { name, type: { kind: 'tensor', elementType: 'float32', shape: null } };
  });
  const given = { ...model, graph: { ...model.graph, outputs } };
  checkValues(given, values);
  return (await runPasses(given, [removeDeadCode])).model;
}

/** @throws InputError */
function checkValues({ graph }: Model, values: readonly string[]): void {
  const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  for (const name of values)
    if (!made.has(name)) throw new InputError(`there is no value "${name}"`, { where: name });
}

interface Taught {
  readonly model: Model;
  readonly form: BatchForm;
  readonly shapes: ReadonlyMap<string, Shape>;
  /** The teacher's inputs, by the student's names. */
  readonly inputs: Readonly<Record<string, string>>;
}

async function teacherForm(
  teacher: Model,
  student: Model,
  sample: NamedTensors,
  batch: number,
): Promise<Taught> {
  const inputs = teacherInputs(teacher, student);
  const own = Object.fromEntries(
    Object.entries(inputs).flatMap(([name, from]) => {
      const tensor = sample[from];
      return tensor ? [[name, tensor]] : [];
    }),
  );
  const form = await batchForm(teacher, own, batch);
  return { model: teacher, form, shapes: await staticShapes(form.model), inputs };
}

/** By name, or else by position: the teacher sees what the student sees. @throws InputError */
export function teacherInputs(teacher: Model, student: Model): Readonly<Record<string, string>> {
  const [theirs, ours] = [
    fedInputs(teacher).map(inputSignature),
    fedInputs(student).map(inputSignature),
  ];
  return Object.fromEntries(
    theirs.map((input, position) => {
      const same =
        ours.find(({ name }) => name === input.name) ??
        (theirs.length === ours.length ? ours[position] : undefined);
      const fits =
        same &&
        same.type === input.type &&
        (!same.shape ||
          !input.shape ||
          (same.shape.length === input.shape.length &&
            same.shape.every((size, axis) => {
              const wanted = input.shape?.[axis];
              return typeof size !== 'number' || typeof wanted !== 'number' || size === wanted;
            })));
      if (!fits)
        throw new InputError(
          `the teacher's input "${input.name}" is ${describeInput(input)}, and the student has ${ours.map((one) => `"${one.name}", ${describeInput(one)}`).join('; ')}`,
          { where: input.name, hint: 'Teacher and student must take the same inputs.' },
        );
      return [input.name, same.name];
    }),
  );
}

function helperOf({ form, shapes, inputs }: Taught, head: LossHead): NonNullable<SetUp['helper']> {
  const values = [...new Set(head.taught.map(({ value }) => value))];
  const { graph } = form.model;
  const outputs = values.map((value) => infoOf(value, 'float32', shapes.get(value) ?? []));
  return {
    model: { ...form.model, graph: { ...graph, outputs } },
    inputs,
    outputs: head.taught.map(({ value, input }) => ({ output: value, input })),
  };
}

/** What a step is fed of the samples of one batch. */
export async function batchFeeds(
  { form, head }: SetUp,
  samples: TrainSamples,
  indices: readonly number[],
): Promise<NamedTensors> {
  const tensors: NamedTensors[] = [];
  for (const index of indices) tensors.push(await samples.sample(index));
  const labels: (Label | undefined)[] = indices.map((index) => samples.label(index));
  return { ...stack(form.inputs, tensors), ...head.targets(labels) };
}
