/** Which output labels are for, and what they are to it: classes, chances or numbers. */

import { InputError, UnsupportedError } from '../base/errors.ts';
import { product } from '../base/product.ts';
import { didYouMean } from '../base/suggest.ts';
import type { NamedTensors, Tensor } from '../base/tensor.ts';
import { asNumbers, numbersOf } from '../measure/data/convert.ts';
import { isTensor, type Label } from '../measure/data/data-set.ts';
import type { Model } from '../onnx/model.ts';
import { classesOf, isOneHot, numbersOfLabel } from './loss-head.ts';
import type { ClassLoss, LabelLoss } from './loss-spec.ts';
import { type Scores, scoresOf } from './scores.ts';
import type { TrainSamples } from './train-samples.ts';

export interface ChosenLabels {
  readonly loss: LabelLoss;
  readonly note: string;
}

/** Labels that are tensors are read from files: of those so many are looked at. */
const LOOKED_AT = 1000;

/** Probabilities of one sample sum to 1, up to rounding in float16. */
const SUM_TOLERANCE = 2e-3;

/** How many classes a message names. */
const NAMED = 8;

/** @throws InputError, UnsupportedError as `chooseLoss` */
export function labelLoss(
  model: Model,
  samples: TrainSamples,
  outputs: readonly NamedTensors[],
  { output: wanted, values }: { readonly output?: string; readonly values?: 'mse' | 'huber' },
): ChosenLabels {
  const seen = lookAtLabels(samples);
  const names = Object.keys(outputs[0] ?? {});
  if (wanted !== undefined && !names.includes(wanted))
    throw new InputError(`the output "${wanted}" does not exist${didYouMean(wanted, names)}`, {
      hint: `The model gives ${names.join(', ')}.`,
    });
  for (const name of wanted === undefined ? names : [wanted]) {
    const given = outputs.flatMap((one) => one[name] ?? []);
    if (given.some(({ type }) => type !== 'float32')) continue;
    const form = formOf(model, name, given, seen);
    if (form === undefined) continue;
    return form.kind === 'classes'
      ? classLoss(form, given, samples, seen, values)
      : { loss: { ...form, loss: values ?? 'mse' }, note: `${values ?? 'mse'} of "${name}"` };
  }
  const shapes = names.map((name) => {
    const tensor = outputs[0]?.[name];
    return `${name}: ${tensor?.type} [${tensor?.dims.join(', ')}]`;
  });
  throw new InputError(
    `no output fits the labels, which are ${describe(seen)}: ${shapes.join('; ')}`,
    { hint: 'Without labels the source model itself is the teacher.' },
  );
}

/** What all labels have in common. */
interface SeenLabels {
  /** Without axes of size 1. */
  readonly dims: readonly number[];
  readonly areWhole: boolean;
  /** Whether all are 0 or 1. */
  readonly areBits: boolean;
  readonly areOneHot: boolean;
  readonly areChances: boolean;
  readonly looked: number;
}

function lookAtLabels(samples: TrainSamples): SeenLabels {
  const first = samples.label(0);
  const dims = dimsOf(first);
  const looked = isTensor(first) ? Math.min(LOOKED_AT, samples.length) : samples.length;
  const all = { areWhole: true, areBits: true, areOneHot: dims.length === 1, areChances: true };
  for (let index = 0; index < looked; index++) {
    const label = samples.label(index);
    if (label === undefined || label === null)
      throw new InputError(`training sample ${index} has no label`, { where: `sample ${index}` });
    const values = numbersAt(label, index);
    if (dimsOf(label).join() !== dims.join())
      throw new InputError(
        `labels differ in shape: [${dims.join(', ')}] and, for sample ${index}, [${dimsOf(label).join(', ')}]`,
        { where: `sample ${index}` },
      );
    for (const value of values) {
      if (!Number.isFinite(value))
        throw new InputError(`the label of training sample ${index} is ${value}`, {
          where: `sample ${index}`,
        });
      all.areWhole &&= Number.isInteger(value);
      all.areBits &&= value === 0 || value === 1;
      all.areChances &&= value >= 0 && value <= 1;
    }
    all.areOneHot &&= isOneHot(values);
  }
  return { ...all, dims, looked };
}

function numbersAt(label: Label, index: number): readonly number[] {
  if (
    typeof label === 'string' ||
    (typeof label === 'object' && !isTensor(label) && !Array.isArray(label))
  )
    throw new UnsupportedError(
      `labels like ${JSON.stringify(label).slice(0, 60)} are nothing that a loss is made of`,
      { where: `sample ${index}`, hint: 'Train without labels: the source model is the teacher.' },
    );
  return numbersOfLabel(label);
}

function dimsOf(label: Label | undefined): readonly number[] {
  const dims = isTensor(label) ? label.dims : Array.isArray(label) ? [label.length] : [];
  return dims.filter((size) => size !== 1);
}

type Form =
  | (ClassLoss & { readonly scores: Scores; readonly classes: number; readonly places: number })
  | { readonly kind: 'values'; readonly output: string };

/** `undefined`: labels of these shapes are not for this output. */
function formOf(
  model: Model,
  output: string,
  given: readonly Tensor[],
  labels: SeenLabels,
): Form | undefined {
  const [first] = given;
  if (!first) return undefined;
  const scores = scoresOf(model.graph, output);
  const dims = first.dims.filter((size) => size !== 1);
  const scale = areProbabilities(given) ? 'probabilities' : 'logits';
  const isSame = dims.join() === labels.dims.join();
  const last = { kind: 'classes', output, scores, axis: -1 } as const;
  if (isSame) {
    const classes = dims.at(-1) ?? 1;
    if (labels.areOneHot && scores.activation !== 'sigmoid')
      return { ...last, form: 'one-hot', scale, classes, places: 1 };
    if (scores.activation === 'softmax') return undefined;
    const areChances = scores.activation === 'sigmoid' ? labels.areChances : labels.areBits;
    if (areChances && (scores.activation === 'sigmoid' || inUnit(given)))
      return { ...last, form: 'chances', scale: 'probabilities', classes: 1, places: 0 };
    return { kind: 'values', output };
  }
  if (!labels.areWhole || dims.length !== labels.dims.length + 1) return undefined;
  const places = product(labels.dims);
  const isFirst = labels.dims.length > 0 && dims.slice(1).join() === labels.dims.join();
  if (!isFirst && dims.slice(0, -1).join() !== labels.dims.join()) return undefined;
  const classes = (isFirst ? dims[0] : dims.at(-1)) ?? 1;
  const axis = isFirst ? 1 : axisOf(first.dims, labels.dims.length);
  return { ...last, form: 'numbers', scale, classes, places, axis };
}

/** The last axis that is not 1; of a plain classifier the only one. */
const axisOf = (dims: readonly number[], places: number): number =>
  places > 0 ? -1 : dims.findLastIndex((size) => size !== 1);

const valuesOf = (tensor: Tensor): readonly number[] =>
  Array.from(asNumbers(numbersOf(tensor, 'the output')));

const inUnit = (given: readonly Tensor[]): boolean =>
  given.every((tensor) => valuesOf(tensor).every((value) => value >= 0 && value <= 1));

/** Whether rows of one sample sum to one. */
export function areProbabilities(given: readonly Tensor[]): boolean {
  if (!inUnit(given)) return false;
  return given.every((tensor) => {
    const values = valuesOf(tensor);
    const rows = values.length / (tensor.dims.findLast((size) => size !== 1) ?? 1);
    const sum = values.reduce((total, value) => total + value, 0);
    return Math.abs(sum / rows - 1) < SUM_TOLERANCE;
  });
}

/** With all labels checked. */
function classLoss(
  form: Extract<Form, { kind: 'classes' }>,
  given: readonly Tensor[],
  samples: TrainSamples,
  seen: SeenLabels,
  values: 'mse' | 'huber' | undefined,
): ChosenLabels {
  const { scores, classes, places, ...loss } = form;
  if (values !== undefined)
    throw new InputError(
      `${values} was asked for, and the labels are classes of "${loss.output}"`,
      { hint: 'Leave the loss out: cross-entropy is taken.' },
    );
  const present = loss.form === 'chances' ? bitsIn(samples, seen) : classesIn(form, samples, seen);
  const wanted = loss.form === 'chances' ? 2 : classes;
  const isPlain = loss.form === 'chances' ? given[0]?.data.length === 1 : places === 1;
  const missing = Array.from({ length: wanted }, (_, one) => one).filter(
    (one) => !present.has(one),
  );
  if (present.size < 2)
    throw new InputError(`all training samples have the label ${[...present].join()}`, {
      hint: 'Give samples of every class.',
    });
  if (isPlain && missing.length > 0)
    throw new InputError(
      `no training sample has the label ${missing.slice(0, NAMED).join(', ')}${missing.length > NAMED ? `, … (${missing.length} of ${wanted} classes)` : ''}`,
      {
        hint: 'A model forgets classes that it is not shown: give samples of every class, or no labels, so that the source model is the teacher.',
      },
    );
  const of = scores.activation === 'none' ? `"${loss.output}"` : `the logits of "${loss.output}"`;
  const what = loss.form === 'chances' ? 'yes or no' : `${classes} classes`;
  return { loss, note: `cross-entropy of ${of} against ${what}` };
}

function classesIn(
  { classes, places, form }: Extract<Form, { kind: 'classes' }>,
  samples: TrainSamples,
  { looked }: SeenLabels,
): ReadonlySet<number> {
  const present = new Set<number>();
  for (let index = 0; index < looked; index++) {
    try {
      for (const found of classesOf(samples.label(index), { rows: places, classes, form }))
        present.add(found);
    } catch (error) {
      throw error instanceof InputError ? error.in(`training sample ${index}`) : error;
    }
  }
  return present;
}

function bitsIn(samples: TrainSamples, { looked }: SeenLabels): ReadonlySet<number> {
  const present = new Set<number>();
  for (let index = 0; index < looked; index++)
    for (const value of numbersOfLabel(samples.label(index))) present.add(Math.round(value));
  return present;
}

function describe({ dims, areWhole }: SeenLabels): string {
  const numbers = areWhole ? 'whole numbers' : 'numbers';
  return dims.length === 0
    ? `${numbers}, one a sample`
    : `${numbers} of shape [${dims.join(', ')}]`;
}
