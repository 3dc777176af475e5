/** Tables with constant entries: which key it is, and the value of that key. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { comparison } from '../../build/elementwise.ts';
import { concat, gather } from '../../build/join.ts';
import { argReduce } from '../../build/reduce.ts';
import { reshape, unsqueeze } from '../../build/reshape.ts';
import { pad } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { isValue, LookupTable, type TfStructuralOp, type TfStructuralOpTable } from '../op.ts';

/** Readers give a table as a node over two constants: its keys and its values. */
const table: TfStructuralOp = ([keys, values]) => {
  if (!isValue(keys) || !isValue(values)) throw new Unconvertible('its entries are not constant');
  return new LookupTable(keys, values);
};

const find: TfStructuralOp = ([from, keys, fallback], { b }) => {
  if (!(from instanceof LookupTable) || !isValue(keys) || !isValue(fallback))
    throw new Unconvertible('it does not look up tensors in a table');
  if (from.keys.rank !== 1 || from.values.rank !== 1)
    throw new Unconvertible('the keys or values of its table are more than single elements');
  return gather(
    b,
    concat(b, [from.values, reshape(b, fallback, [1])], 0),
    placesOf(b, from.keys, keys),
  );
};

/** The place of each key in the table; behind the last for those that are not in it. */
function placesOf(b: Builder, known: Value, keys: Value): Value {
  // Opset 19 is the first that compares text.
  if (keys.type === 'string') b.require(19, 'a table of text');
  const matches = comparison(b, 'Equal', unsqueeze(b, keys, [-1]), known);
  // A match that is always there, and the first match counts.
  const margins = [...keys.sizes.map(() => [0, 0] as const), [0, 1] as const];
  const candidates = pad(b, cast(b, matches, 'int32'), margins, 'constant', b.scalar(1, 'int32'));
  return argReduce(b, 'ArgMax', candidates, -1);
}

const size: TfStructuralOp = ([of], { b }) => {
  const count = of instanceof LookupTable ? of.keys.sizes[0] : undefined;
  if (typeof count !== 'number') throw new Unconvertible('it does not ask for the size of a table');
  return b.scalar(count, 'int64');
};

export const LOOKUP: TfStructuralOpTable = {
  LookupTable: table,
  LookupTableFind: find,
  LookupTableFindV2: find,
  LookupTableSize: size,
  LookupTableSizeV2: size,
};
