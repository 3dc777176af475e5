/** Lookup tables from integers with constant entries → Gather. */

import { bytesOf, rawTensor } from '../../../onnx/make-tensor.ts';
import { tensorOf } from '../../../onnx/tensor-data.ts';
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { arithmetic, broadcast, comparison } from '../../build/elementwise.ts';
import { gather } from '../../build/join.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { LookupTable, type TfStructuralOp, type TfStructuralOpTable, type TfValue } from '../op.ts';
import { asTensors, tensorAt } from './tensor-list.ts';

/**
 * How far the keys of a table may lie apart: every integer between the smallest and the largest one takes
 * four bytes in the model.
 */
const MAX_SPAN = 2 ** 22;

const TEXT_HINT =
  'Text is looked up before the model: cut the graph behind the table with --inputs TENSOR,….';

function asTable(value: TfValue | undefined): LookupTable {
  if (value instanceof LookupTable) return value;
  throw new Unconvertible('its first input is no table whose entries are known');
}

const create: TfStructuralOp = (inputs) => {
  const [keys, values] = asTensors(inputs);
  if (keys && values) return new LookupTable(keys, values);
  throw new Unconvertible('it has no entries');
};

const find: TfStructuralOp = ([first, ...rest], { b }) => {
  const { keys, values } = asTable(first);
  const inputs = asTensors(rest);
  const [x, fallback] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  if (keys.type === 'string' || values.type === 'string')
    throw new Unconvertible('it looks up text', TEXT_HINT);
  const numbers = keyNumbers(keys);
  if (numbers.length === 0) throw new Unconvertible('its table is empty');
  if (values.shape?.length !== 1) throw new Unconvertible('its values are no single numbers');
  return lookUp(b, numbers, values, x, fallback);
};

function keyNumbers(keys: Value): readonly number[] {
  const { constant } = keys;
  if (!constant || !/^u?int/.test(keys.type))
    throw new Unconvertible(`its keys are of ${keys.type}, or computed`);
  const numbers = Array.from(tensorOf(constant).data, Number);
  if (numbers.every(Number.isSafeInteger)) return numbers;
  throw new Unconvertible('its keys are larger than 2⁵³');
}

/** The value of each key in `x`; `fallback` for those that are not in the table. */
function lookUp(
  b: Builder,
  keys: readonly number[],
  values: Value,
  x: Value,
  fallback: Value,
): Value {
  const low = keys.reduce((least, key) => Math.min(least, key), Infinity);
  const span = keys.reduce((most, key) => Math.max(most, key), low) - low + 1;
  if (span > MAX_SPAN) throw new Unconvertible(`its keys lie further apart than ${MAX_SPAN}`);
  // Where the value of each integer stands; −1: nowhere.
  const places = new Int32Array(span).fill(-1);
  for (const [place, key] of keys.entries()) places[key - low] = place;
  const wide = cast(b, x, 'int64');
  const shifted = arithmetic(b, 'Sub', wide, b.scalar(low, 'int64'));
  const last = b.scalar(span - 1, 'int64');
  const inside = arithmetic(b, 'Min', arithmetic(b, 'Max', shifted, b.scalar(0, 'int64')), last);
  const isInside = comparison(b, 'Equal', shifted, inside);
  const place = gather(
    b,
    b.constant(rawTensor('places', 'int32', [span], bytesOf(places))),
    inside,
  );
  const isThere = comparison(b, 'GreaterOrEqual', place, b.scalar(0, 'int32'));
  const found = broadcast(b, 'And', [isInside, isThere], 'bool');
  const known = gather(b, values, arithmetic(b, 'Max', place, b.scalar(0, 'int32')));
  return broadcast(b, 'Where', [found, known, fallback], values.type);
}

const size: TfStructuralOp = ([table], { b }) =>
  b.scalar(keyNumbers(asTable(table).keys).length, 'int64');

export const LOOKUP_TABLES: TfStructuralOpTable = {
  /** What readers make of a table and what fills it: its inputs are keys and values. */
  LookupTable: create,
  LookupTableFind: find,
  LookupTableFindV2: find,
  LookupTableSize: size,
  LookupTableSizeV2: size,
};
