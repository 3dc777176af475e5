/**
 * Coordinate descent on e·H·eᵀ: one code after the other takes the value that is best while the others stay (QuantEase,
 * Behdin et al., 2023), and one scale after the other its own best. No move makes the error larger.
 */
import type { Tile } from './grid.ts';
import type { QuadraticForm } from './quadratic-form.ts';

/** Half a code, and a little for ties: what changes nothing is no move. */
const MOVE = 0.5 + 1e-9;

/** What is worked on in place: a tile, and what its codes leave. */
export interface Descent {
  readonly tile: Tile;
  /** Weights less what the codes stand for. */
  readonly errors: Float64Array;
  /** `errors` times H. */
  readonly products: Float64Array;
}

/** Scales and codes in turn, `sweeps` times at most; a row ends when none of its codes moves. */
export function descend(descent: Descent, form: QuadraticForm, sweeps: number): void {
  for (let row = 0; row < descent.tile.rows; row++) {
    for (let sweep = 0; sweep < sweeps; sweep++) {
      moveScales(descent, form, row);
      if (!moveCodes(descent, form, row)) break;
    }
  }
}

/** Every code of every row once. */
export function descendCodes(descent: Descent, form: QuadraticForm): void {
  for (let row = 0; row < descent.tile.rows; row++) moveCodes(descent, form, row);
}

/** Every scale of every row once. */
export function descendScales(descent: Descent, form: QuadraticForm): void {
  for (let row = 0; row < descent.tile.rows; row++) moveScales(descent, form, row);
}

/** Whether any code moved. */
function moveCodes(
  { tile, errors, products }: Descent,
  { matrix }: QuadraticForm,
  row: number,
): boolean {
  const { columns, block, groups, codes, scales, lowest, highest } = tile;
  let moved = false;
  const start = row * columns;
  for (let column = 0; column < columns; column++) {
    const group = row * groups + Math.floor(column / block);
    const scale = scales[group] as number;
    const at = start + column;
    const wanted =
      (products[at] as number) / ((matrix[column * columns + column] as number) * scale);
    if (!(Math.abs(wanted) > MOVE)) continue;
    const before = codes[at] as number;
    const code = Math.min(
      highest[group] as number,
      Math.max(lowest[group] as number, before + Math.round(wanted)),
    );
    if (code === before) continue;
    codes[at] = code;
    const change = (code - before) * scale;
    errors[at] = (errors[at] as number) - change;
    const from = column * columns;
    for (let i = 0; i < columns; i++)
      products[start + i] = (products[start + i] as number) - change * (matrix[from + i] as number);
    moved = true;
  }
  return moved;
}

/** The best scale of each group for its codes. It keeps its sign, which says where the codes have one more. */
function moveScales(
  { tile, errors, products }: Descent,
  { matrix }: QuadraticForm,
  row: number,
): void {
  const { columns, block, groups, codes, scales } = tile;
  const start = row * columns;
  for (let group = 0; group < groups; group++) {
    const first = group * block;
    const end = Math.min(columns, first + block);
    let gain = 0;
    let curvature = 0;
    for (let i = first; i < end; i++) {
      const code = codes[start + i] as number;
      if (code === 0) continue;
      gain += code * (products[start + i] as number);
      let sum = 0;
      for (let j = first; j < end; j++)
        sum += (matrix[i * columns + j] as number) * (codes[start + j] as number);
      curvature += code * sum;
    }
    const index = row * groups + group;
    const before = scales[index] as number;
    // As it will be stored.
    const scale = Math.fround(before + gain / curvature);
    if (!(scale * before >= LEAST_SCALE * Math.abs(before)) || scale === before) continue;
    scales[index] = scale;
    const change = scale - before;
    for (let i = first; i < end; i++)
      errors[start + i] = (errors[start + i] as number) - change * (codes[start + i] as number);
    // Four rows of H at a time; of what is missing to four, the first again with a factor of 0.
    for (let i = first; i < end; i += 4) {
      const factor = (k: number): number =>
        i + k < end ? change * (codes[start + i + k] as number) : 0;
      const from = (k: number): number => (i + k < end ? i + k : i) * columns;
      const [f0, f1, f2, f3] = [factor(0), factor(1), factor(2), factor(3)];
      const [r0, r1, r2, r3] = [from(0), from(1), from(2), from(3)];
      for (let j = 0; j < columns; j++)
        products[start + j] =
          (products[start + j] as number) -
          f0 * (matrix[r0 + j] as number) -
          f1 * (matrix[r1 + j] as number) -
          f2 * (matrix[r2 + j] as number) -
          f3 * (matrix[r3 + j] as number);
    }
  }
}

/** Below the smallest normal float32 a scale loses its digits. */
const LEAST_SCALE = 2 ** -126;
