/** Outputs seen as class scores, and labels as class numbers. */

import { InputError } from '../../base/errors.ts';
import { product } from '../../base/product.ts';
import type { Tensor } from '../../base/tensor.ts';
import { asNumbers, numbersOf } from '../data/convert.ts';
import { isTensor, type Label } from '../data/data-set.ts';

/** An output of one column is one probability: above this it says class 1 (the contract). */
export const THRESHOLD = 0.5;

/** Scores by position (one for a plain classifier, one a pixel for a segmenter) and class. */
export interface ClassScores {
  readonly positions: number;
  /** 1: a probability of class 1, or, where `isDecision`, the class itself. */
  readonly columns: number;
  readonly isDecision: boolean;
  at(position: number, column: number): number;
}

/**
 * The output as class scores for a label of the given dims (`[]`: one class for the sample): the axis
 * that the label lacks holds the classes. `undefined` where the shapes do not go together.
 */
export function classScores(output: Tensor, labelDims: readonly number[]): ClassScores | undefined {
  if (output.type === 'string') return undefined;
  const values = asNumbers(numbersOf(output, 'output'));
  const dims = output.dims.filter((dim) => dim !== 1);
  const wanted = labelDims.filter((dim) => dim !== 1);
  const positions = product(wanted);
  const at = (index: number): number => values[index] ?? Number.NaN;
  if (sameDims(dims, wanted)) {
    const isDecision = isIntegerType(output.type);
    return { positions, columns: 1, isDecision, at: (position) => at(position) };
  }
  if (dims.length !== wanted.length + 1 || isIntegerType(output.type)) return undefined;
  const columns = values.length / positions;
  // Channels first is tried before channels last: where both fit, [C, H, W] is ONNX's own order.
  if (wanted.length > 0 && sameDims(dims.slice(1), wanted)) {
    return {
      positions,
      columns,
      isDecision: false,
      at: (position, column) => at(column * positions + position),
    };
  }
  if (sameDims(dims.slice(0, -1), wanted)) {
    return {
      positions,
      columns,
      isDecision: false,
      at: (position, column) => at(position * columns + column),
    };
  }
  return undefined;
}

/** How many classes there are to choose from; `undefined` where the model gives the class itself. */
export function classCount({ columns, isDecision }: ClassScores): number | undefined {
  if (isDecision) return undefined;
  return columns === 1 ? 2 : columns;
}

/** The class that a position is given; the first of equals. −1, which is never right, where a score is NaN. */
export function decidedClass(scores: ClassScores, position: number): number {
  if (scores.columns === 1) {
    const value = scores.at(position, 0);
    if (Number.isNaN(value)) return -1;
    return scores.isDecision ? value : Number(value > THRESHOLD);
  }
  let best = 0;
  for (let column = 0; column < scores.columns; column++) {
    const value = scores.at(position, column);
    if (Number.isNaN(value)) return -1;
    if (value > scores.at(position, best)) best = column;
  }
  return best;
}

/** Class labels: dims (`[]` for one a sample) and the class numbers. */
export interface ClassLabels {
  readonly dims: readonly number[];
  readonly classes: ArrayLike<number>;
}

/** The classes that a label names. @throws InputError when it is no whole number */
export function classLabels(label: Label | undefined): ClassLabels {
  if (isTensor(label)) {
    const classes = asNumbers(numbersOf(label, 'the label'));
    return { dims: label.dims, classes };
  }
  if (typeof label === 'boolean') return { dims: [], classes: [Number(label)] };
  if (typeof label === 'number') return { dims: [], classes: [label] };
  if (Array.isArray(label) && label.every((entry) => typeof entry === 'number')) {
    return { dims: [label.length], classes: label };
  }
  throw new InputError(`the label ${JSON.stringify(label)?.slice(0, 60)} is no class number`, {
    hint: 'Classes are whole numbers from 0; use ctc-exact or cer for text.',
  });
}

/** The label as a class among `count`. @throws InputError when it is none */
export function checkClass(label: number, count: number | undefined): number {
  if (Number.isInteger(label) && label >= 0 && (count === undefined || label < count)) return label;
  if (!Number.isInteger(label)) {
    throw new InputError(`the label ${label} is no class number`, {
      hint: 'Classes are whole numbers from 0.',
    });
  }
  throw new InputError(
    `the label ${label} is out of range: the model knows ${count ?? 'no negative'} classes` +
      (count === undefined ? '' : `, 0 to ${count - 1}`),
    { hint: 'Labels count from 0; check that they belong to this model.' },
  );
}

/** One-hot labels as a class: exactly one 1 among zeros, as many as there are columns. */
export function fromOneHot(labels: ClassLabels, columns: number): ClassLabels {
  const { classes } = labels;
  if (columns < 2 || classes.length !== columns) return labels;
  const values: readonly number[] = Array.from(classes);
  const ones = values.filter((value) => value === 1).length;
  const zeros = values.filter((value) => value === 0).length;
  const isOneHot = ones === 1 && zeros === values.length - 1;
  return isOneHot ? { dims: [], classes: [values.indexOf(1)] } : labels;
}

function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

function isIntegerType(type: Tensor['type']): boolean {
  return type === 'bool' || /^u?int/.test(type);
}
