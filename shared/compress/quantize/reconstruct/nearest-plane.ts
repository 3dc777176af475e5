/**
 * GPTQ (Frantar et al., 2022): each weight takes over the errors of those rounded before it, and is then rounded itself.
 * As Babai's nearest plane along R, which gives the same codes and needs no inverse of H; see int8/numbers/round-weights.ts.
 */
import { roundHalfEven } from '../int8/numbers/range.ts';
import type { Tile } from './grid.ts';
import type { QuadraticForm } from './quadratic-form.ts';

/** Overwrites the codes of a tile; its scales stay. */
export function roundByNearestPlane(tile: Tile, form: QuadraticForm): void {
  // Four rows at a time: each number of the factor is read once for them.
  for (let row = 0; row < tile.rows; row += 4)
    roundRows(tile, form, row, Math.min(4, tile.rows - row));
}

function roundRows(
  { block, groups, values, codes, scales, lowest, highest }: Tile,
  { size, order, upper }: QuadraticForm,
  first: number,
  count: number,
): void {
  // In the order of the factor, those of the four rows side by side.
  const errors = new Float64Array(4 * size);
  const sums = new Float64Array(4);
  for (let at = size - 1; at >= 0; at--) {
    const column = order[at] as number;
    const factorRow = at * size;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let j = at + 1, from = 4 * j; j < size; j++, from += 4) {
      const factor = upper[factorRow + j] as number;
      a += factor * (errors[from] as number);
      b += factor * (errors[from + 1] as number);
      c += factor * (errors[from + 2] as number);
      d += factor * (errors[from + 3] as number);
    }
    sums[0] = a;
    sums[1] = b;
    sums[2] = c;
    sums[3] = d;
    const diagonal = upper[factorRow + at] as number;
    const group = Math.floor(column / block);
    for (let k = 0; k < count; k++) {
      const own = (first + k) * groups + group;
      const index = (first + k) * size + column;
      const scale = scales[own] as number;
      const weight = values[index] as number;
      const wanted = roundHalfEven((weight + (sums[k] as number) / diagonal) / scale);
      const code = Math.min(highest[own] as number, Math.max(lowest[own] as number, wanted));
      codes[index] = code;
      errors[4 * at + k] = weight - code * scale;
    }
  }
}
