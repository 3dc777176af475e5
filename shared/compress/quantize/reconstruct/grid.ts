/** The numbers that weights may become, code · scale, and a tile of weights on their way there. */
import { roundHalfEven } from '../int8/numbers/range.ts';

/** A matrix of weights, an output channel a row, and the grid of each of its groups of columns. */
export interface GriddedMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Row-major. */
  readonly values: Float32Array;
  /** So many consecutive columns share a scale; the last group of a row may be shorter. */
  readonly block: number;
  /** `[rows, groups]`; negative ones turn the codes over. */
  readonly scales: Float32Array;
  /** `[rows, groups]`: the ends of the codes. */
  readonly lowest: Int8Array;
  readonly highest: Int8Array;
}

/** Some rows and columns of it, whole groups, as doubles; codes and scales are worked on in place. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly block: number;
  readonly groups: number;
  readonly values: Float64Array;
  readonly codes: Int8Array;
  readonly scales: Float64Array;
  readonly lowest: Int8Array;
  readonly highest: Int8Array;
}

/** Where a tile lies: rows from `row` on, and columns from `column` on, a multiple of the block. */
export interface TilePlace {
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

export const groupsOf = ({ columns, block }: Pick<GriddedMatrix, 'columns' | 'block'>): number =>
  Math.ceil(columns / block);

/** A copy of a part, every weight at its nearest code. */
export function tileOf(matrix: GriddedMatrix, { row, rows, column, columns }: TilePlace): Tile {
  const { block } = matrix;
  const all = groupsOf(matrix);
  const groups = Math.ceil(columns / block);
  const pick = <T extends Float32Array | Int8Array>(from: T, index: number) =>
    from.subarray(
      (row + index) * all + column / block,
      (row + index) * all + column / block + groups,
    );
  const tile = {
    ...{ rows, columns, block, groups },
    values: new Float64Array(rows * columns),
    codes: new Int8Array(rows * columns),
    scales: new Float64Array(rows * groups),
    lowest: new Int8Array(rows * groups),
    highest: new Int8Array(rows * groups),
  };
  for (let index = 0; index < rows; index++) {
    const start = (row + index) * matrix.columns + column;
    tile.values.set(matrix.values.subarray(start, start + columns), index * columns);
    tile.scales.set(pick(matrix.scales, index), index * groups);
    tile.lowest.set(pick(matrix.lowest, index), index * groups);
    tile.highest.set(pick(matrix.highest, index), index * groups);
  }
  for (let at = 0; at < tile.codes.length; at++) tile.codes[at] = nearestCode(tile, at);
  return tile;
}

/** Number of the group of element `at` of a tile. */
export function groupAt({ columns, block, groups }: Tile, at: number): number {
  const row = Math.floor(at / columns);
  return row * groups + Math.floor((at - row * columns) / block);
}

function nearestCode(tile: Tile, at: number): number {
  const group = groupAt(tile, at);
  const wanted = roundHalfEven((tile.values[at] as number) / (tile.scales[group] as number));
  // Weights that are not finite get code 0, or an end.
  const code = Number.isNaN(wanted) ? 0 : wanted;
  return Math.min(tile.highest[group] as number, Math.max(tile.lowest[group] as number, code));
}

/** Weights less what their codes stand for. */
export function errorsOf(tile: Tile): Float64Array {
  const { rows, columns, block, groups, values, codes, scales } = tile;
  const errors = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let group = 0; group < groups; group++) {
      const scale = scales[row * groups + group] as number;
      const end = row * columns + Math.min(columns, (group + 1) * block);
      for (let at = row * columns + group * block; at < end; at++)
        errors[at] = (values[at] as number) - (codes[at] as number) * scale;
    }
  }
  return errors;
}
