/** A loss as ops behind a model's outputs, and what they are fed. */
import { DefectError, InputError } from '../base/errors.ts';
import type { NamedTensors, Tensor } from '../base/tensor.ts';
import { asNumbers, numbersOf } from '../measure/data/convert.ts';
import { isTensor, type Label } from '../measure/data/data-set.ts';
import { checkClass, classLabels } from '../measure/metrics/class-scores.ts';
import type { Graph } from '../onnx/model.ts';
import { TakenNames } from '../onnx/taken-names.ts';
import { countOf, type Emitter, type Shape } from './emitter.ts';
import type { ClassLoss, LabelLoss, LossSpec, TeacherLoss } from './loss-spec.ts';
import {
  binaryCrossEntropy,
  binaryDistillation,
  cosineDistance,
  crossEntropy,
  distillation,
  huber,
  meanSquaredError,
  relativeSquaredError,
} from './losses.ts';
import { scoresOf } from './scores.ts';
import type { ExtraInput } from './step-graph.ts';

export interface LossHead {
  /** Labels, and what the teacher says. */
  readonly extraInputs: readonly ExtraInput[];
  /** Adds the loss; gives its name. */
  readonly emit: (emit: Emitter) => string;
  /** What is fed for the labels of a batch. @throws InputError for labels that do not fit */
  readonly targets: (labels: readonly (Label | undefined)[]) => NamedTensors;
  /** Values of the teacher, with the extra input that each becomes. */
  readonly taught: readonly { readonly value: string; readonly input: string }[];
}

/** What a loss is put behind. */
export interface HeadInput {
  /** Of the model, in the size of a batch. */
  readonly graph: Graph;
  readonly shapes: ReadonlyMap<string, Shape>;
  /** Of the teacher, where the loss has one. */
  readonly teacher?: { readonly graph: Graph; readonly shapes: ReadonlyMap<string, Shape> };
}

/** @throws InputError for outputs and values that are not there */
export function lossHead(spec: LossSpec, input: HeadInput): LossHead {
  const head = new Head(input);
  if (spec.kind !== 'teacher') return head.finish(head.labelled(spec));
  const parts: Part[] = [];
  if (spec.labels && spec.hard > 0) parts.push(weighted(head.labelled(spec.labels), spec.hard));
  if (spec.hard < 1) {
    const soft = 1 - spec.hard;
    for (const output of spec.outputs) parts.push(weighted(head.taught(output, spec), soft));
    for (const { student, teacher } of spec.features ?? [])
      parts.push(weighted(head.feature(student, teacher), soft));
  }
  return head.finish(sumOf(parts));
}

/** Adds one term of the loss. */
type Part = (emit: Emitter) => string;

const weighted =
  (part: Part, weight: number): Part =>
  (emit) =>
    weight === 1 ? part(emit) : emit.emit('Mul', [part(emit), emit.scalar(weight)], []);

const sumOf =
  (parts: readonly Part[]): Part =>
  (emit) => {
    const values = parts.map((part) => part(emit));
    const [first] = values;
    if (first === undefined) throw new DefectError('a loss without terms');
    return values.length === 1 ? first : emit.emit('Sum', values, []);
  };

class Head {
  readonly #input: HeadInput;
  readonly #names: TakenNames;
  readonly #extra: ExtraInput[] = [];
  readonly #taught: { value: string; input: string }[] = [];
  #targets: LossHead['targets'] = () => ({});

  constructor(input: HeadInput) {
    this.#input = input;
    this.#names = new TakenNames(input.graph);
  }

  finish(emit: Part): LossHead {
    return { extraInputs: this.#extra, emit, targets: this.#targets, taught: this.#taught };
  }

  labelled(spec: LabelLoss): Part {
    return spec.kind === 'classes' ? this.#classes(spec) : this.#values(spec);
  }

  #classes(spec: ClassLoss): Part {
    const scores = scoresOf(this.#input.graph, spec.output);
    const shape = this.#shapeOf(scores.value);
    if (spec.form === 'chances') {
      const name = this.#add('float32', shape);
      this.#targets = (labels) => ({ [name]: numbersTensor(labels, shape) });
      return (emit) =>
        binaryCrossEntropy(emit, asLogits(emit, scores.value, scores.activation, spec), name);
    }
    const axis = axisOf(scores.axis ?? spec.axis, shape);
    const classes = shape[axis] ?? 1;
    const rows = countOf(shape) / classes;
    const name = this.#add('int64', [rows]);
    this.#targets = (labels) => ({
      [name]: classTensor(labels, { rows: rows / labels.length, classes, form: spec.form }),
    });
    return (emit) => {
      const logits = asLogits(emit, scores.value, scores.activation, spec);
      return crossEntropy(emit, asRows(emit, logits, axis), { kind: 'classes', name });
    };
  }

  #values({ output, loss }: Extract<LabelLoss, { kind: 'values' }>): Part {
    const shape = this.#shapeOf(output);
    const name = this.#add('float32', shape);
    this.#targets = (labels) => ({ [name]: numbersTensor(labels, shape) });
    const error = loss === 'huber' ? huber : meanSquaredError;
    return (emit) => error(emit, output, name);
  }

  taught(output: TeacherLoss['outputs'][number], { temperature }: TeacherLoss): Part {
    const { graph } = this.#input;
    if (output.loss === 'mse' || output.loss === 'huber') {
      const name = this.#teach(output.teacher, this.#shapeOf(output.student));
      const error = output.loss === 'huber' ? huber : relativeSquaredError;
      return (emit) => error(emit, output.student, name);
    }
    const own = scoresOf(graph, output.student);
    const other = scoresOf(this.#teacher.graph, output.teacher);
    const shape = this.#shapeOf(own.value);
    const name = this.#teach(other.value, shape);
    const isSoftmax = output.loss === 'probabilities';
    return (emit) => {
      const logits = asLogits(emit, own.value, own.activation, output);
      const wanted = asLogits(emit, name, other.activation, output);
      if (!isSoftmax) return binaryDistillation(emit, logits, wanted, temperature);
      const axis = axisOf(own.axis ?? output.axis, shape);
      const rows = [asRows(emit, logits, axis), asRows(emit, wanted, axis)] as const;
      return distillation(emit, ...rows, temperature);
    };
  }

  feature(student: string, teacher: string): Part {
    const name = this.#teach(teacher, this.#shapeOf(student));
    return (emit) => cosineDistance(emit, student, name);
  }

  get #teacher(): NonNullable<HeadInput['teacher']> {
    const { teacher } = this.#input;
    if (!teacher) throw new DefectError('the loss has a teacher, and none was given');
    return teacher;
  }

  /** An input for a value of the teacher, in the shape that the student has there. */
  #teach(value: string, shape: Shape): string {
    const own = this.#teacher.shapes.get(value);
    if (!own) throw new InputError(`the teacher has no float32 value "${value}"`, { where: value });
    if (own.join() !== shape.join())
      throw new InputError(
        `the teacher gives [${own.join(', ')}] where the student has [${shape.join(', ')}]`,
        { where: value, hint: 'Both must give the same outputs.' },
      );
    const input = this.#add('float32', shape);
    this.#taught.push({ value, input });
    return input;
  }

  #add(type: ExtraInput['type'], shape: Shape): string {
    const name = this.#names.fresh('wanted');
    this.#extra.push({ name, type, shape });
    return name;
  }

  #shapeOf(value: string): Shape {
    const shape = this.#input.shapes.get(value);
    if (!shape) throw new InputError(`the model has no float32 value "${value}"`, { where: value });
    return shape;
  }
}

/** An axis from the front. */
const axisOf = (axis: number, shape: Shape): number => (axis < 0 ? axis + shape.length : axis);

/** Below these a probability counts as this, so that its logarithm is a number. */
const LEAST_PROBABILITY = 1e-7;

/** Logits where the value is some already; of probabilities of unknown origin their logarithms. */
function asLogits(
  emit: Emitter,
  value: string,
  activation: 'softmax' | 'sigmoid' | 'none',
  spec: {
    readonly scale: 'logits' | 'probabilities';
    readonly form?: string;
    readonly loss?: string;
  },
): string {
  if (activation !== 'none' || spec.scale === 'logits') return value;
  const shape = emit.shapeOf(value);
  const bounds = [emit.scalar(LEAST_PROBABILITY), emit.scalar(1 - LEAST_PROBABILITY)];
  const safe = emit.emit('Clip', [value, ...bounds], shape);
  const logs = emit.unary('Log', safe);
  if (spec.form !== 'chances' && spec.loss !== 'chances') return logs;
  const rest = emit.emit('Sub', [emit.scalar(1), safe], shape);
  return emit.emit('Sub', [logs, emit.unary('Log', rest)], shape);
}

/** [rows, classes]: the class axis last, all places one after another. */
function asRows(emit: Emitter, value: string, axis: number): string {
  const shape = emit.shapeOf(value);
  const others = shape.flatMap((_, position) => (position === axis ? [] : [position]));
  const classes = shape[axis] ?? 1;
  const last = emit.transpose(value, [...others, axis]);
  return emit.reshape(last, [countOf(shape) / classes, classes]);
}

interface ClassForm {
  /** Places a sample. */
  readonly rows: number;
  readonly classes: number;
  readonly form: ClassLoss['form'];
}

/** Class numbers of a batch. */
function classTensor(labels: readonly (Label | undefined)[], form: ClassForm): Tensor {
  const data = new BigInt64Array(labels.length * form.rows);
  labels.forEach((label, index) => {
    classesOf(label, form).forEach((found, row) => {
      data[index * form.rows + row] = BigInt(found);
    });
  });
  return { type: 'int64', dims: [data.length], data };
}

/** The classes of one label. @throws InputError for others than the model knows, or another count */
export function classesOf(label: Label | undefined, { rows, classes, form }: ClassForm): number[] {
  const given: readonly number[] = Array.from(classLabels(label).classes);
  const wanted = form === 'one-hot' ? rows * classes : rows;
  if (given.length !== wanted)
    throw new InputError(`a label has ${given.length} classes where the model gives ${wanted}`);
  if (form !== 'one-hot') return given.map((one) => checkClass(one, classes));
  return Array.from({ length: rows }, (_, row) => {
    const hot = given.slice(row * classes, (row + 1) * classes);
    if (!isOneHot(hot)) throw new InputError('a label is no row of zeros with one 1');
    return hot.indexOf(1);
  });
}

/** Zeros, and 1 once. */
export const isOneHot = (row: readonly number[]): boolean =>
  row.filter((value) => value === 1).length === 1 &&
  row.filter((value) => value === 0).length === row.length - 1;

/** Numbers of a batch, in the shape of an output. */
function numbersTensor(labels: readonly (Label | undefined)[], shape: Shape): Tensor {
  const data = new Float32Array(countOf(shape));
  const each = data.length / labels.length;
  labels.forEach((label, index) => {
    const values = numbersOfLabel(label);
    if (values.length !== each)
      throw new InputError(`a label has ${values.length} numbers where the model gives ${each}`);
    data.set(values, index * each);
  });
  return { type: 'float32', dims: shape, data };
}

/** @throws InputError for labels that are no numbers */
export function numbersOfLabel(label: Label | undefined): readonly number[] {
  if (typeof label === 'number' || typeof label === 'boolean') return [Number(label)];
  if (isTensor(label)) return Array.from(asNumbers(numbersOf(label, 'the label')));
  if (Array.isArray(label) && label.every((one) => typeof one === 'number')) return label;
  throw new InputError(`the label ${JSON.stringify(label)?.slice(0, 60)} is no number`);
}
