/**
 * Images seen through a projective transformation.
 *
 * Source: tensorflow/core/kernels/image/image_ops.h.
 */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { expectRank, isFixed, upTo } from '../../build/dims.ts';
import { arithmetic, comparison, unary, where } from '../../build/elementwise.ts';
import { unsqueeze } from '../../build/reshape.ts';
import { bilinearAt, type Outside, pixelsAt, ramp, sizeValue } from '../../build/sample.ts';
import { shapeOf } from '../../build/shape-of.ts';
import { slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { stringAttribute } from '../attributes.ts';
import { input, many, sidesOf, type TfOp } from '../op.ts';

/** Output pixel `(x, y)` is input pixel `((a x + b y + c) / k, (d x + e y + f) / k)`, `k = g x + h y + 1`. */
export const projectiveTransform: TfOp = many((b, inputs, node) => {
  const [images, transforms] = [input(inputs, 0), input(inputs, 1)];
  expectRank(images, 4);
  expectRank(transforms, 2);
  const sizes = inputs[2] ? sidesOf(inputs[2], 'output shape') : images.sizes.slice(1, 3);
  const [height, width] = sizes;
  if (!isFixed(height) || !isFixed(width))
    throw new Unconvertible('the size of its result is free');
  const calculate = (op: string, left: Value, right: Value): Value =>
    arithmetic(b, op, left, right);
  const number = (index: number): Value =>
    unsqueeze(b, slice(b, transforms, [{ axis: 1, start: index, end: index + 1, step: 1 }]), [2]);
  const [y, x] = [ramp(b, height, 1), ramp(b, width, 2)];
  const linear = (first: number, offset: Value): Value =>
    calculate(
      'Add',
      calculate('Add', calculate('Mul', number(first), x), calculate('Mul', number(first + 1), y)),
      offset,
    );
  const scale = linear(6, b.scalar(1, 'float32'));
  const at = (first: number): Value => calculate('Div', linear(first, number(first + 2)), scale);
  const zero = b.scalar(0, 'float32');
  const isLost = comparison(b, 'Equal', scale, zero);
  const mode = stringAttribute(node, 'fill_mode', 'CONSTANT');
  const outside: Outside = mode === 'CONSTANT' ? (inputs[3] ?? 0) : 'nearest';
  const filled = outside === 'nearest' ? 0 : outside;
  const places = {
    image: imageNumbers(b, images),
    row: mapped(b, at(3), cast(b, sizeValue(b, images, 1), 'float32'), mode),
    column: mapped(b, at(0), cast(b, sizeValue(b, images, 2), 'float32'), mode),
  };
  const pixels =
    stringAttribute(node, 'interpolation', 'NEAREST') === 'BILINEAR'
      ? cast(b, bilinearAt(b, images, places, outside), images.type)
      : pixelsAt(
          b,
          images,
          { ...places, row: round(b, places.row), column: round(b, places.column) },
          outside,
        );
  const nothing =
    typeof filled === 'number' ? b.scalar(filled, images.type) : cast(b, filled, images.type);
  return where(b, unsqueeze(b, isLost, [3]), nothing, pixels);
});

/** `[N, 1, 1]`: 0, 1 … */
function imageNumbers(b: Builder, images: Value): Value {
  const count = images.sizes[0];
  if (isFixed(count)) return b.numbers(upTo(count), 'int64', [count, 1, 1]);
  const sizes = shapeOf(b, images, 'int64');
  const first = slice(b, sizes, [{ axis: 0, start: 0, end: 1, step: 1 }]);
  const length = b.node('Squeeze', [b.hold(first)])[0] ?? '';
  const [zero, one] = [b.scalar(0, 'int64'), b.scalar(1, 'int64')];
  const range = b.emit('Range', [b.hold(zero), length, b.hold(one)], 'int64', [count ?? null]);
  return unsqueeze(b, range, [1, 2]);
}

/** Half away from zero, as C rounds; no place between −0.5 and 0 matters, as both are outside or the first. */
function round(b: Builder, at: Value): Value {
  const half = arithmetic(b, 'Add', unary(b, 'Abs', at), b.scalar(0.5, 'float32'));
  return arithmetic(b, 'Mul', unary(b, 'Floor', half), unary(b, 'Sign', at));
}

/** Places outside of `size` pixels brought in as the fill mode says. */
function mapped(b: Builder, at: Value, size: Value, mode: string): Value {
  const calculate = (op: string, left: Value, right: Value): Value =>
    arithmetic(b, op, left, right);
  const number = (value: number): Value => b.scalar(value, 'float32');
  const last = calculate('Sub', size, number(1));
  switch (mode) {
    case 'CONSTANT':
      return at;
    case 'NEAREST':
      return bounded(at);
    case 'REFLECT': {
      // … 2 1 0 | 0 1 2 … last | last …, twice the size long.
      const period = calculate('Mul', size, number(2));
      const folded = calculate(
        'Sub',
        at,
        calculate('Mul', period, unary(b, 'Floor', calculate('Div', at, period))),
      );
      const mirrored = calculate('Sub', calculate('Sub', period, number(1)), folded);
      const isMirrored = comparison(b, 'GreaterOrEqual', folded, size);
      return bounded(where(b, isMirrored, mirrored, folded));
    }
    case 'WRAP': {
      // TensorFlow counts turns of one pixel less than the image has.
      const turn = calculate('Max', last, number(1));
      const turns = (place: Value): Value => unary(b, 'Floor', calculate('Div', place, turn));
      const added = calculate('Add', turns(unary(b, 'Neg', at)), number(1));
      const raised = calculate('Add', at, calculate('Mul', size, added));
      const lowered = calculate('Sub', at, calculate('Mul', size, turns(at)));
      const isBehind = comparison(b, 'Greater', at, last);
      const isBefore = comparison(b, 'Less', at, number(0));
      return bounded(where(b, isBefore, raised, where(b, isBehind, lowered, at)));
    }
    default:
      throw new Unconvertible(`its fill mode ${mode} is not known`);
  }

  function bounded(place: Value): Value {
    return calculate('Max', calculate('Min', place, last), number(0));
  }
}
