/** Operators that pick elements by index, and those that put them somewhere. */
import { isQuantized, quantizationOf } from '../graph-translation.ts';
import type { BuiltinTable, OperatorTranslation } from '../operator-translation.ts';
import { same } from './entries.ts';

/** Rows of a table are picked before they are dequantized: the table stays small, and few rows are needed. */
function pick(
  o: OperatorTranslation,
  table: number,
  indices: number,
  axis: number,
  batch = 0,
): string {
  const inputs = [o.input(indices), o.constant([axis], 'int32', [])];
  const attributes = { batch_dims: batch };
  const tensor = o.tensor(table);
  const isSmall =
    isQuantized(tensor) &&
    tensor.quantization?.scale.length === 1 &&
    o.graph.isConstant(o.index(table));
  if (!isSmall) return o.add('GatherV2', [o.input(table), ...inputs], attributes);
  const picked = o.add('GatherV2', [o.graph.held(o.index(table)), ...inputs], attributes);
  return isQuantized(o.output(0))
    ? o.asIntegers(picked)
    : o.add('_TfliteDequantize', [picked], quantizationOf(tensor));
}

export const GATHER: BuiltinTable = {
  GATHER: (o) => pick(o, 0, 1, o.options.number('axis'), o.options.number('batch_dims')),
  GATHER_ND: same('GatherNd'),
  EMBEDDING_LOOKUP: (o) => pick(o, 1, 0, 0),
  ONE_HOT: (o) => o.add('OneHot', o.inputs, { axis: o.options.number('axis') }),
  SCATTER_ND: same('ScatterNd'),
  SPARSE_TO_DENSE: same('SparseToDense'),
  SEGMENT_SUM: same('SegmentSum'),
  UNSORTED_SEGMENT_SUM: same('UnsortedSegmentSum'),
  UNSORTED_SEGMENT_PROD: same('UnsortedSegmentProd'),
  UNSORTED_SEGMENT_MAX: same('UnsortedSegmentMax'),
  UNSORTED_SEGMENT_MIN: same('UnsortedSegmentMin'),
  DYNAMIC_UPDATE_SLICE: same('_TfliteDynamicUpdateSlice'),
};
