/** Bands and diagonals of matrices, the last two axes of a value. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { type Dim, isFixed, upTo } from '../../build/dims.ts';
import { arithmetic, comparison, where } from '../../build/elementwise.ts';
import { concat, expand, gather } from '../../build/join.ts';
import { kernelType } from '../../build/kernel-type.ts';
import { reshape } from '../../build/reshape.ts';
import { shapeOf } from '../../build/shape-of.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { stringAttribute } from '../attributes.ts';
import { input, many, numbersOf, type TfOp, type TfOpTable, three } from '../op.ts';
import type { TfNode } from '../tf-graph.ts';

/** Beyond every diagonal. */
const FAR = 2 ** 31 - 1;

/** Keeps `lower` diagonals below the main one and `upper` above it; a negative number keeps all on its side. */
function bandPart(b: Builder, x: Value, lower: Value, upper: Value): Value {
  const carried = kernelType('Trilu', x.type, b.opset);
  const below = triangle(b, cast(b, x, carried), lower, true);
  return cast(b, triangle(b, below, upper, false), x.type);
}

function triangle(b: Builder, x: Value, width: Value, isUpper: boolean): Value {
  const [count] = width.numbers ?? [];
  if (count !== undefined && count < 0) return x;
  const wide = cast(b, reshape(b, width, []), 'int64');
  const isAll = comparison(b, 'Less', wide, b.scalar(0, 'int64'));
  const kept = where(b, isAll, b.scalar(FAR, 'int64'), wide);
  const diagonal = isUpper ? arithmetic(b, 'Sub', b.scalar(0, 'int64'), kept) : kept;
  const attributes = { upper: isUpper ? 1 : 0 };
  return b.emit('Trilu', [b.hold(x), b.hold(diagonal)], x.type, x.shape, { attributes });
}

/** Diagonals `first … last` (0 is the main one, those above it positive) of a matrix. */
interface Band {
  readonly rows: number;
  readonly columns: number;
  readonly first: number;
  readonly last: number;
  /** Where short diagonals lie in their row of the packed form: those above the main one, those below it. */
  readonly align: string;
}

const diagonalLength = ({ rows, columns }: Band, diagonal: number): number =>
  Math.max(0, Math.min(rows + Math.min(diagonal, 0), columns - Math.max(diagonal, 0)));

/** How many numbers a row of the packed form has. */
const packedLength = (band: Band): number =>
  Math.max(...diagonalsOf(band).map((diagonal) => diagonalLength(band, diagonal)));

/** From the highest down: the order of the packed form. */
const diagonalsOf = ({ first, last }: Band): number[] =>
  upTo(last - first + 1).map((at) => last - at);

/** How far the numbers of a diagonal are moved to the right in the packed form. */
function offsetOf(band: Band, diagonal: number): number {
  const [above = '', below = ''] = band.align.split('_');
  const isRight = (diagonal >= 0 ? above : below) === 'RIGHT';
  return isRight ? packedLength(band) - diagonalLength(band, diagonal) : 0;
}

/** For each element of the matrix its place in the packed form; −1 outside of the band. */
function packedPlaces(band: Band): number[] {
  const length = packedLength(band);
  return upTo(band.rows * band.columns).map((at) => {
    const [row, column] = [Math.floor(at / band.columns), at % band.columns];
    const diagonal = column - row;
    if (diagonal < band.first || diagonal > band.last) return -1;
    const along = Math.min(row, column) + offsetOf(band, diagonal);
    return (band.last - diagonal) * length + along;
  });
}

/** For each element of the packed form its place in the matrix; −1 for what only fills a row up. */
function matrixPlaces(band: Band): number[] {
  const length = packedLength(band);
  return diagonalsOf(band).flatMap((diagonal) =>
    upTo(length).map((at) => {
      const along = at - offsetOf(band, diagonal);
      if (along < 0 || along >= diagonalLength(band, diagonal)) return -1;
      const [row, column] = [along + Math.max(-diagonal, 0), along + Math.max(diagonal, 0)];
      return row * band.columns + column;
    }),
  );
}

/** Elements of a last axis by constant place; −1 takes `fill`. */
function pick(b: Builder, flat: Value, places: readonly number[], fill: Value): Value {
  const length = flat.sizes.at(-1);
  if (!isFixed(length)) throw new Unconvertible('its matrices are of free size');
  if (!places.includes(-1)) return gather(b, flat, b.numbers(places, 'int64'), -1);
  const fillShape = [...flat.sizes.slice(0, -1), 1];
  const lead = shapeOf(b, flat, 'int64');
  const batch = gather(b, lead, b.numbers(upTo(flat.rank - 1), 'int64'));
  const one = concat(b, [batch, b.numbers([1], 'int64')], 0);
  const filling = expand(b, cast(b, fill, flat.type), one).withShape(fillShape);
  const indices = places.map((place) => (place < 0 ? length : place));
  return gather(b, concat(b, [flat, filling], -1), b.numbers(indices, 'int64'), -1);
}

/** The last axes as one. */
const flattened = (b: Builder, x: Value, axes: number, length: number): Value =>
  reshape(b, x, [...x.sizes.slice(0, x.rank - axes), length]);

const unflattened = (b: Builder, x: Value, sizes: readonly number[]): Value =>
  reshape(b, x, [...x.sizes.slice(0, -1), ...sizes]);

/** `k`: one diagonal, or the first and the last. */
function bandOf(k: Value | undefined, rows: Dim, columns: Dim, node: TfNode): Band {
  const [first = 0, last = first] = k ? numbersOf(k, 'diagonals') : [0];
  if (!isFixed(rows) || !isFixed(columns)) throw new Unconvertible('its matrices are of free size');
  return checkedBand({ rows, columns, first, last, align: alignOf(node) });
}

/** Elements of a matrix whose places are listed: one of 1024 × 1024 (CWE-770). */
const MAX_PLACES = 2 ** 20;

/** @throws Unconvertible for a matrix that is too large, and for diagonals outside of it */
function checkedBand(band: Band): Band {
  const { rows, columns, first, last } = band;
  if (!(rows * columns <= MAX_PLACES))
    throw new Unconvertible(`its matrices of ${rows} × ${columns} are too large to list places of`);
  const isInside = first <= last && first >= -rows && last <= columns;
  if (isInside) return band;
  throw new Unconvertible(`a matrix of ${rows} × ${columns} has no diagonals ${first} to ${last}`);
}

/** The second version of the ops packs to the left, the third by its attribute. */
const alignOf = (node: TfNode): string =>
  node.op.endsWith('V2') ? 'LEFT_LEFT' : stringAttribute(node, 'align', 'RIGHT_LEFT');

const zero = (b: Builder, x: Value): Value => b.scalar(0, x.type);

/** A matrix with given diagonals, whose size is stated or the least that holds them. */
const matrixDiag: TfOp = many((b, inputs, node) => {
  const [x, k, rowsValue, columnsValue, fill] = inputs;
  const packed = x ?? input(inputs, 0);
  const [first = 0, last = first] = k ? numbersOf(k, 'diagonals') : [0];
  const length = packed.sizes.at(-1);
  if (!isFixed(length)) throw new Unconvertible('its diagonals are of free length');
  const stated = (value: Value | undefined): number =>
    value ? (numbersOf(value, 'size')[0] ?? -1) : -1;
  const [rows, columns] = matrixSize(length, first, last, stated(rowsValue), stated(columnsValue));
  const band = checkedBand({ rows, columns, first, last, align: alignOf(node) });
  const axes = first === last ? 1 : 2;
  const flat = flattened(b, packed, axes, length * (last - first + 1));
  return unflattened(b, pick(b, flat, packedPlaces(band), fill ?? zero(b, packed)), [
    rows,
    columns,
  ]);
});

/** What is not stated follows from the longest diagonal; of two such sizes the result is as square as can be. */
function matrixSize(
  length: number,
  first: number,
  last: number,
  rows: number,
  columns: number,
): readonly [number, number] {
  const leastRows = length - Math.min(last, 0);
  const leastColumns = length + Math.max(first, 0);
  if (rows < 0 && columns < 0) {
    const side = Math.max(leastRows, leastColumns);
    return [side, side];
  }
  return [rows < 0 ? leastRows : rows, columns < 0 ? leastColumns : columns];
}

/** The diagonals of a matrix, packed. */
const matrixDiagPart: TfOp = many((b, inputs, node) => {
  const x = input(inputs, 0);
  const band = bandOf(inputs[1], x.sizes.at(-2) ?? null, x.sizes.at(-1) ?? null, node);
  const flat = flattened(b, x, 2, band.rows * band.columns);
  const packed = pick(b, flat, matrixPlaces(band), inputs[2] ?? zero(b, x));
  const sizes = band.first === band.last ? [] : [band.last - band.first + 1];
  return sizes.length === 0 ? packed : unflattened(b, packed, [...sizes, packedLength(band)]);
});

/** A matrix with some diagonals replaced. */
const matrixSetDiag: TfOp = many((b, inputs, node) => {
  const [x, diagonal] = [input(inputs, 0), input(inputs, 1)];
  const band = bandOf(inputs[2], x.sizes.at(-2) ?? null, x.sizes.at(-1) ?? null, node);
  const size = band.rows * band.columns;
  const count = (band.last - band.first + 1) * packedLength(band);
  const packed = flattened(b, diagonal, band.first === band.last ? 1 : 2, count);
  const all = concat(b, [packed, flattened(b, x, 2, size)], -1);
  const places = packedPlaces(band).map((place, at) => (place < 0 ? count + at : place));
  return unflattened(b, gather(b, all, b.numbers(places, 'int64'), -1), [band.rows, band.columns]);
});

/** Of vectors only: TensorFlow makes twice as many axes of more. */
const ofVectors =
  (op: TfOp, rank: number): TfOp =>
  (inputs, context) => {
    if (input(inputs, 0).rank !== rank)
      throw new Unconvertible(`it is over ${input(inputs, 0).rank} axes`);
    return op(inputs, context);
  };

export const DIAGONALS: TfOpTable = {
  MatrixBandPart: three(bandPart),
  BatchMatrixBandPart: three(bandPart),
  Diag: ofVectors(matrixDiag, 1),
  DiagPart: ofVectors(matrixDiagPart, 2),
  MatrixDiag: matrixDiag,
  MatrixDiagV2: matrixDiag,
  MatrixDiagV3: matrixDiag,
  MatrixDiagPart: matrixDiagPart,
  MatrixDiagPartV2: matrixDiagPart,
  MatrixDiagPartV3: matrixDiagPart,
  MatrixSetDiag: matrixSetDiag,
  MatrixSetDiagV2: matrixSetDiag,
  MatrixSetDiagV3: matrixSetDiag,
};
