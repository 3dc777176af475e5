/**
 * Rounding of weights by what it does to the outputs, on any grid: GPTQ, the best scales for its codes, GPTQ again with
 * these, and from there coordinate descent over codes and scales. Rows are independent of each other.
 *
 * What is left of the quadratic form, where the nearest codes leave 1 (512 columns, blocks of 32): 0.455 by GPTQ, 0.435 with
 * descent over scales and codes once, 0.420 as it is here, 0.411 with four times GPTQ, which takes twice the time.
 *
 * AdaRound (Nagel et al., 2020) learns the rounding of the same quadratic form by some thousand steps of Adam, between the
 * two nearest codes and with the scales as they are: see docs/decisions.md for what both reach, and in which time.
 */
import { DefectError } from '../../../base/errors.ts';
import { type Descent, descend, descendCodes, descendScales } from './descend.ts';
import { errorsOf, type GriddedMatrix, groupsOf, type Tile, tileOf } from './grid.ts';
import { roundByNearestPlane } from './nearest-plane.ts';
import { type QuadraticForm, quadraticForm, squaresOf, timesForm } from './quadratic-form.ts';

/** Second moments of the inputs: a matrix for each of consecutive parts of as many columns, which are rounded apart. */
export interface InputProducts {
  /** Columns of a part: a multiple of the grid's block, or all. */
  readonly size: number;
  /** E[x·xᵀ], row-major [size, size] each. */
  readonly products: readonly Float64Array[];
}

export interface ReconstructedRows {
  /** Row-major. */
  readonly codes: Int8Array;
  /** As in the grid. */
  readonly scales: Float32Array;
}

export interface ReconstructOptions {
  /** Added to the diagonal of H, as a share of its mean. */
  readonly damping: number;
  /** Whether scales stay as they are: parts of a row, which are rounded apart, have one. */
  readonly keepsScales?: boolean;
}

/** Rows rounded together. */
const ROW_TILE = 32;
/** Rounds of descent at the end. */
const SWEEPS = 2;

/**
 * Codes and scales with less error than the nearest codes, or those. Deterministic.
 */
export function reconstructRows(
  matrix: GriddedMatrix,
  { size, products }: InputProducts,
  { damping, keepsScales = false }: ReconstructOptions,
): ReconstructedRows {
  const { rows, columns } = matrix;
  if (size < columns && size % matrix.block !== 0)
    throw new DefectError(`parts of ${size} columns do not hold whole groups of ${matrix.block}`);
  const groups = groupsOf(matrix);
  const codes = new Int8Array(rows * columns);
  const scales = new Float32Array(rows * groups);
  for (let column = 0; column < columns; column += size) {
    const part = Math.min(size, columns - column);
    const form = quadraticForm(
      products[column / size] ?? new Float64Array(part ** 2),
      part,
      damping,
    );
    for (let row = 0; row < rows; row += ROW_TILE) {
      const place = { row, rows: Math.min(ROW_TILE, rows - row), column, columns: part };
      const tile = tileOf(matrix, place);
      const best = form ? reconstructTile(tile, form, keepsScales) : tile;
      for (let index = 0; index < place.rows; index++) {
        const own = best.codes.subarray(index * part, (index + 1) * part);
        codes.set(own, (row + index) * columns + column);
        scales.set(
          best.scales.subarray(index * tile.groups, (index + 1) * tile.groups),
          (row + index) * groups + column / matrix.block,
        );
      }
    }
  }
  return { codes, scales };
}

/** Row by row the better of both: weights far outside of the codes can lead GPTQ astray. */
function reconstructTile(nearest: Tile, form: QuadraticForm, keepsScales: boolean): Tile {
  const { rows, columns, groups } = nearest;
  const best: Tile = {
    ...nearest,
    codes: nearest.codes.slice(),
    scales: nearest.scales.slice(),
  };
  roundByNearestPlane(best, form);
  if (!keepsScales) {
    descendScales(descentOf(best, form), form);
    roundByNearestPlane(best, form);
  }
  const descent = descentOf(best, form);
  if (keepsScales) descendCodes(descent, form);
  else descend(descent, form, SWEEPS);
  const found = squaresOf(descent.errors, descent.products, rows);
  const start = errorsOf(nearest);
  const before = squaresOf(start, timesForm(form, start, rows), rows);
  for (let row = 0; row < rows; row++) {
    if ((found[row] as number) <= (before[row] as number)) continue;
    best.codes.set(nearest.codes.subarray(row * columns, (row + 1) * columns), row * columns);
    best.scales.set(nearest.scales.subarray(row * groups, (row + 1) * groups), row * groups);
  }
  return best;
}

function descentOf(tile: Tile, form: QuadraticForm): Descent {
  const errors = errorsOf(tile);
  return { tile, errors, products: timesForm(form, errors, tile.rows) };
}
