/** Comparisons, truth values and choices. */
import { clip } from '../../build/activation.ts';
import type { Builder } from '../../build/builder.ts';
import { upTo } from '../../build/dims.ts';
import { arithmetic, broadcast, comparison, unary, where } from '../../build/elementwise.ts';
import { unsqueeze } from '../../build/reshape.ts';
import type { Value } from '../../build/value.ts';
import { floatAttribute } from '../attributes.ts';
import { type TfOp, type TfOpTable, three, two } from '../op.ts';

const compare = (op: string): TfOp => two((b, x, y) => comparison(b, op, x, y));

function approximatelyEqual(b: Builder, x: Value, y: Value, tolerance: number): Value {
  const distance = unary(b, 'Abs', arithmetic(b, 'Sub', x, y));
  return comparison(b, 'Less', distance, b.scalar(tolerance, x.type));
}

/** The first version: a vector of conditions chooses whole slices of the first axis. */
function select(b: Builder, condition: Value, x: Value, y: Value): Value {
  if (condition.rank !== 1 || x.rank <= 1) return where(b, condition, x, y);
  const axes = upTo(x.rank - 1).map((axis) => axis + 1);
  return where(b, unsqueeze(b, condition, axes), x, y);
}

/** Bounds may be of any shape; numbers make a single Clip. */
function clipByValue(b: Builder, x: Value, low: Value, high: Value): Value {
  const [least, most] = [low.numbers, high.numbers];
  if (least?.length === 1 && most?.length === 1 && low.rank <= x.rank && high.rank <= x.rank)
    return clip(b, x, least[0], most[0]);
  return arithmetic(b, 'Max', arithmetic(b, 'Min', x, high), low);
}

export const COMPARISON: TfOpTable = {
  Equal: compare('Equal'),
  NotEqual: two((b, x, y) => unary(b, 'Not', comparison(b, 'Equal', x, y))),
  Greater: compare('Greater'),
  GreaterEqual: compare('GreaterOrEqual'),
  Less: compare('Less'),
  LessEqual: compare('LessOrEqual'),
  ApproximateEqual: two((b, x, y, node) =>
    approximatelyEqual(b, x, y, floatAttribute(node, 'tolerance', 1e-5)),
  ),
  LogicalAnd: compare('And'),
  LogicalOr: compare('Or'),
  Select: three(select),
  SelectV2: three((b, condition, x, y) => broadcast(b, 'Where', [condition, x, y], x.type)),
  ClipByValue: three(clipByValue),
};
