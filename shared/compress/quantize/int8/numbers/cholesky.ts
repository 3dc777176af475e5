/** The Cholesky factor of a symmetric positive definite matrix, in tiles that stay in the cache. */

/** Rows and columns of a tile: two of them fit the first cache level. */
const TILE = 32;

/**
 * Overwrites the lower triangle of row-major `matrix` [n, n] with L, where L·Lᵀ = matrix; what lies
 * above the diagonal is not read or written. Gives false (and leaves rubbish) when it is not positive
 * definite.
 */
export function choleskyInPlace(matrix: Float64Array, n: number): boolean {
  for (let start = 0; start < n; start += TILE) {
    const end = Math.min(n, start + TILE);
    if (!factorDiagonal(matrix, n, start, end)) return false;
    for (let row = end; row < n; row++) solveRow(matrix, n, row, start, end);
    subtractProducts(matrix, n, start, end);
  }
  return true;
}

function factorDiagonal(matrix: Float64Array, n: number, start: number, end: number): boolean {
  for (let row = start; row < end; row++) {
    solveRow(matrix, n, row, start, row);
    let rest = matrix[row * n + row] ?? 0;
    for (let k = start; k < row; k++) rest -= (matrix[row * n + k] ?? 0) ** 2;
    if (!(rest > 0)) return false;
    matrix[row * n + row] = Math.sqrt(rest);
  }
  return true;
}

/** Row `row` of L in the columns from `start` to `end`, whose diagonal tile is done. */
function solveRow(matrix: Float64Array, n: number, row: number, start: number, end: number): void {
  const here = row * n;
  for (let column = start; column < end; column++) {
    const there = column * n;
    let sum = matrix[here + column] ?? 0;
    for (let k = start; k < column; k++) sum -= (matrix[here + k] ?? 0) * (matrix[there + k] ?? 0);
    matrix[here + column] = sum / (matrix[there + column] ?? 1);
  }
}

/** Takes the product of the new columns from what is left, a tile of rows × a tile of columns at a time. */
function subtractProducts(matrix: Float64Array, n: number, start: number, end: number): void {
  for (let rows = end; rows < n; rows += TILE) {
    const lastRow = Math.min(n, rows + TILE);
    for (let columns = end; columns < lastRow; columns += TILE) {
      for (let row = rows; row < lastRow; row++) {
        const here = row * n;
        const lastColumn = Math.min(row + 1, columns + TILE);
        for (let column = columns; column < lastColumn; column++) {
          const there = column * n;
          // Two sums: one waits for its addition while the other multiplies.
          let even = 0;
          let odd = 0;
          let k = start;
          for (; k + 1 < end; k += 2) {
            even += (matrix[here + k] ?? 0) * (matrix[there + k] ?? 0);
            odd += (matrix[here + k + 1] ?? 0) * (matrix[there + k + 1] ?? 0);
          }
          if (k < end) even += (matrix[here + k] ?? 0) * (matrix[there + k] ?? 0);
          matrix[here + column] = (matrix[here + column] ?? 0) - even - odd;
        }
      }
    }
  }
}

/** Lᵀ, row-major, zeros below the diagonal: row i holds L[i…, i], what rounding by output error walks along. */
export function transposedFactor(matrix: Float64Array, n: number): Float64Array {
  const upper = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++)
      upper[column * n + row] = matrix[row * n + column] ?? 0;
  }
  return upper;
}
