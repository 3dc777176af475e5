/** The shape of a dataset or an attribute. Source: the specification, IV.A.2.b. */
import type { Cursor } from './file-bytes.ts';

/** As libhdf5 has it (CWE-400). */
const MAX_RANK = 32;
const NULL_SPACE = 2;

/** The sizes of all axes, none for a scalar; `undefined` where there is no element. @throws ModelError */
export function readDataspace(cursor: Cursor): readonly number[] | undefined {
  const version = cursor.u8();
  const rank = cursor.u8();
  if (version < 1 || version > 2 || rank > MAX_RANK) throw cursor.damaged();
  // Flags: whether the largest sizes follow.
  cursor.skip(1);
  if (version === 1) cursor.skip(5);
  else if (cursor.u8() === NULL_SPACE) return undefined;
  return Array.from({ length: rank }, () => cursor.u64());
}

/** How many elements there are. */
export const countOf = (dims: readonly number[] | undefined): number =>
  dims === undefined ? 0 : dims.reduce((product, dim) => product * dim, 1);
