/** Two 4-bit codes a byte. */

/** Rows of `columns` codes, each filled up to whole bytes; the first code of a byte in its low half. */
export function packNibbles(codes: Uint8Array, columns: number): Uint8Array {
  const stride = Math.ceil(columns / 2);
  const rows = codes.length / columns;
  const packed = new Uint8Array(rows * stride);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * stride + (column >> 1);
      packed[at] =
        (packed[at] as number) | ((codes[row * columns + column] as number) << (4 * (column & 1)));
    }
  }
  return packed;
}
