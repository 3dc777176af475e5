/** Arithmetic on what is known of small tensors: numbers are computed, names of dimensions kept where they stay. */
import type { ElementType } from '../../onnx/element-type.ts';
import { type Dim, isFixed, isStatic, type Known, type Shape, sizeOf, upTo } from './dims.ts';
import { MAX_KNOWN, type Value } from './value.ts';

/** An element of the result from one of each input; `null` where it cannot be told. */
export type Fold = (...items: readonly Dim[]) => Dim;

/** A fold of numbers only. */
const ofNumbers =
  (compute: (...numbers: number[]) => number): Fold =>
  (...items) =>
    items.every(isFixed) ? compute(...(items as number[])) : null;

/** A fold of two numbers; `named` says what is known when one of them is no number. */
const ofTwo =
  (compute: (x: number, y: number) => number, named: (x: Dim, y: Dim) => Dim): Fold =>
  (x = null, y = null) =>
    isFixed(x) && isFixed(y) ? compute(x, y) : named(x, y);

const isSame = (x: Dim, y: Dim): boolean => x !== null && x === y;

const truth = (holds: boolean): number => (holds ? 1 : 0);

/** The larger or smaller of two, of which one may be a size that is free: those are 0 or more. */
const extreme = (pick: (x: number, y: number) => number): Fold =>
  ofTwo(pick, (x, y) => {
    if (isSame(x, y)) return x;
    const [name, bound] = isFixed(x) ? [y, x] : [x, y];
    if (!isFixed(bound) || bound > 0) return null;
    return pick(0, 1) === 1 ? name : bound;
  });

/** By ONNX operator, for those that shapes are computed with. */
const FOLDS: Readonly<Record<string, Fold>> = {
  Add: ofTwo(
    (x, y) => x + y,
    (x, y) => (x === 0 ? y : y === 0 ? x : null),
  ),
  Sub: ofTwo(
    (x, y) => x - y,
    (x, y) => (y === 0 ? x : isSame(x, y) ? 0 : null),
  ),
  Mul: ofTwo(
    (x, y) => x * y,
    (x, y) => (x === 0 || y === 0 ? 0 : x === 1 ? y : y === 1 ? x : null),
  ),
  Max: extreme(Math.max),
  Min: extreme(Math.min),
  Neg: ofNumbers((x) => -x),
  Abs: ofNumbers(Math.abs),
  Floor: ofNumbers(Math.floor),
  Ceil: ofNumbers(Math.ceil),
  Sqrt: ofNumbers(Math.sqrt),
  Reciprocal: ofNumbers((x) => 1 / x),
  Pow: ofNumbers((x, y) => x ** y),
  Equal: ofTwo(
    (x, y) => truth(x === y),
    (x, y) => (isSame(x, y) ? 1 : null),
  ),
  Less: ofNumbers((x, y) => truth(x < y)),
  LessOrEqual: ofNumbers((x, y) => truth(x <= y)),
  Greater: ofNumbers((x, y) => truth(x > y)),
  GreaterOrEqual: ofNumbers((x, y) => truth(x >= y)),
  Not: ofNumbers((x) => truth(x === 0)),
  And: ofNumbers((x, y) => x * y),
  Or: ofNumbers((x, y) => Math.max(x, y)),
  Where: (condition = null, x = null, y = null) =>
    isFixed(condition) ? (condition === 0 ? y : x) : isSame(x, y) ? x : null,
};

/** Division, whose result hangs on the type. */
const DIVISIONS: Readonly<Record<'float' | 'int', Fold>> = {
  float: ofTwo(
    (x, y) => x / y,
    (x, y) => (y === 1 ? x : null),
  ),
  int: ofTwo(
    (x, y) => (y === 0 ? Number.NaN : Math.trunc(x / y)),
    (x, y) => (y === 1 ? x : null),
  ),
};

/** One element of the result of an elementwise ONNX operator. */
export function foldItems(op: string, items: readonly Dim[], type: ElementType): Dim {
  const fold = foldOf(op, type);
  return fold ? representable(fold(...items), type) : null;
}

function foldOf(op: string, type: ElementType): Fold | undefined {
  if (op === 'Div') return DIVISIONS[type.includes('float') ? 'float' : 'int'];
  return Object.hasOwn(FOLDS, op) ? FOLDS[op] : undefined;
}

/** What is known of the result of an elementwise ONNX operator of the given `shape`; `undefined` for nothing. */
export function foldOperator(
  op: string,
  inputs: readonly Value[],
  type: ElementType,
  shape: Shape | null,
): Known | undefined {
  const fold = foldOf(op, type);
  return fold && foldElements(inputs, type, shape, fold);
}

/** The same for any function of one element of each input. */
export function foldElements(
  inputs: readonly Value[],
  type: ElementType,
  shape: Shape | null,
  fold: Fold,
): Known | undefined {
  if (!isStatic(shape) || sizeOf(shape) > MAX_KNOWN) return undefined;
  if (!isFoldable(type) || !inputs.every((input) => isFoldable(input.type))) return undefined;
  const sources: Source[] = [];
  for (const { known, shape: own } of inputs) {
    if (!known || !isStatic(own)) return undefined;
    sources.push({ known, places: broadcastPlaces(own, shape) });
  }
  const result = upTo(sizeOf(shape)).map((at) => representable(foldAt(fold, sources, at), type));
  return knownOrNot(result);
}

/** What is known of an input, and which element of it each element of the result reads: its own by default. */
interface Source {
  readonly known: Known;
  readonly places: readonly number[] | undefined;
}

/** Written out for one and two inputs: statistics of a hundred layers are folded this way. */
function foldAt(fold: Fold, sources: readonly Source[], at: number): Dim {
  const [x, y] = sources;
  if (x && sources.length === 1) return fold(itemAt(x, at));
  if (x && y && sources.length === 2) return fold(itemAt(x, at), itemAt(y, at));
  return fold(...sources.map((source) => itemAt(source, at)));
}

const itemAt = ({ known, places }: Source, at: number): Dim =>
  known[places ? (places[at] ?? 0) : at] ?? null;

/** `undefined` when not a single element is known. */
export const knownOrNot = (known: Known | undefined): Known | undefined =>
  known && (known.length === 0 || known.some((item) => item !== null)) ? known : undefined;

/** float64 is not: what is known of it was rounded to float32. */
const isFoldable = (type: ElementType): boolean =>
  type === 'float32' || type === 'bool' || /^u?int(8|16|32|64)$/.test(type);

/** The element as the type holds it; `null` for a number that it would wrap or that a double cannot hold. */
export function representable(item: Dim, type: ElementType): Dim {
  if (!isFixed(item) || type === 'bool') return item;
  if (type === 'float32') return Math.fround(item);
  const bits = Math.min(53, Number(/\d+$/.exec(type)?.[0]));
  const isSigned = type.startsWith('int');
  const limit = 2 ** (isSigned && bits < 53 ? bits - 1 : bits);
  return Number.isInteger(item) && item < limit && item >= (isSigned ? -limit : 0) ? item : null;
}

/** For each element of `shape`, the place of the element of `own` that is broadcast to it; `undefined` for the same. */
function broadcastPlaces(own: readonly number[], shape: readonly number[]): number[] | undefined {
  if (sizeOf(own) === sizeOf(shape)) return undefined;
  let places = [0];
  for (const [axis, size] of shape.entries()) {
    const at = axis - shape.length + own.length;
    const ownSize = own[at] ?? 1;
    places = places.flatMap((place) =>
      upTo(size).map((index) => place * ownSize + (ownSize === 1 ? 0 : index)),
    );
  }
  return places;
}
