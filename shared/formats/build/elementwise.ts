/** Operators that work on each element by itself: they keep whatever order their inputs are held in. */
import type { ElementType } from '../../onnx/element-type.ts';
import type { AttributeInputs } from '../../onnx/make-node.ts';
import type { Builder } from './builder.ts';
import { cast } from './cast.ts';
import { broadcastShapes, isFixed, isStatic, type Shape, sizeOf, upTo } from './dims.ts';
import { foldOperator } from './fold.ts';
import { foldFloats } from './fold-floats.ts';
import { kernelType } from './kernel-type.ts';
import { type Order, sameOrder } from './order.ts';
import type { Value } from './value.ts';

/** One input, one output of its shape. `type` is that of the result. */
export function unary(
  b: Builder,
  op: string,
  x: Value,
  attributes: AttributeInputs = {},
  type: ElementType = x.type,
): Value {
  return folded(b, op, [x], type, x.shape, () => {
    const carried = kernelType(op, x.type, b.opset);
    const inputs = [b.holdAsIs(cast(b, x, carried))];
    const wide = type === x.type ? carried : type;
    return cast(b, b.emit(op, inputs, wide, x.shape, { attributes, order: x.order }), type);
  });
}

/**
 * Inputs that are broadcast against each other (`Add`, `Where`, `Max` …); `type` is that of the result.
 * An order in which an input with all axes is held is kept: the one that moves the fewest elements of the others.
 */
export function broadcast(
  b: Builder,
  op: string,
  inputs: readonly Value[],
  type: ElementType,
  attributes: AttributeInputs = {},
): Value {
  const shape = broadcastShapes(inputs.map((input) => input.shape));
  return folded(b, op, inputs, type, shape, () => {
    // The condition of a Where is of its own type.
    const own = op === 'Where' ? inputs[1]?.type : inputs[0]?.type;
    const carried = own && kernelType(op, own, b.opset);
    const carriers =
      carried === undefined || carried === own
        ? inputs
        : inputs.map((input, at) => (op === 'Where' && at === 0 ? input : cast(b, input, carried)));
    const wide = carried !== undefined && type === own ? carried : type;
    return cast(b, spread(b, op, carriers, wide, shape, attributes), type);
  });
}

/** What is known of the result; no node where that is all of it. */
function folded(
  b: Builder,
  op: string,
  inputs: readonly Value[],
  type: ElementType,
  shape: Shape | null,
  make: () => Value,
): Value {
  const constant = type === 'float32' ? foldFloats(op, inputs, shape) : undefined;
  if (constant) return b.constant(constant);
  const known = foldOperator(op, inputs, type, shape);
  return known?.every(isFixed) && isStatic(shape)
    ? b.numbers(known, type, shape)
    : make().withKnown(known);
}

function spread(
  b: Builder,
  op: string,
  inputs: readonly Value[],
  type: ElementType,
  shape: Shape | null,
  attributes: AttributeInputs,
): Value {
  const order = shape && leadingOrder(inputs, shape.length);
  if (!shape || !order)
    return b.emit(
      op,
      inputs.map((input) => b.hold(input)),
      type,
      shape,
      { attributes },
    );
  const names = inputs.map((input) => holdBroadcast(b, input, shape.length, order));
  return b.emit(op, names, type, shape, { attributes, order });
}

/** The order in which the fewest elements of the inputs must be moved; of equal ones the first that is no plain one. */
function leadingOrder(inputs: readonly Value[], rank: number): Order {
  const whole = inputs.filter(
    ({ content, shape }) => content.kind === 'named' && shape?.length === rank,
  );
  let best: Order;
  let least = Infinity;
  for (const { order } of [...whole.filter((input) => input.order), ...whole]) {
    const moved = whole.reduce(
      (sum, input) => sum + (sameOrder(input.order, order) ? 0 : weightOf(input)),
      0,
    );
    if (moved < least) [best, least] = [order, moved];
  }
  return best;
}

/** How many elements it has, as far as its sizes are known. */
const weightOf = ({ sizes }: Value): number => sizeOf(sizes.filter(isFixed));

/** An input held so that it broadcasts against values in `order`. */
function holdBroadcast(b: Builder, input: Value, rank: number, order: Order): string {
  if (input.rank === rank) return b.hold(input, order);
  if (input.sizes.every((size) => size === 1) && input.constant)
    return b.hold(b.constant({ ...input.constant, dims: [] }));
  return input.rank === 0 ? b.hold(input) : b.hold(widen(b, input, rank), order);
}

/** The value with axes of size 1 in front, up to `rank`. */
export function widen(b: Builder, x: Value, rank: number): Value {
  const count = rank - x.rank;
  if (count <= 0) return x;
  const shape: Shape = [...upTo(count).map(() => 1), ...x.sizes];
  const { constant } = x;
  if (constant) return b.constant({ ...constant, dims: shape as readonly number[] });
  return b.emit('Unsqueeze', [b.hold(x), b.ints(upTo(count))], x.type, shape).withKnown(x.known);
}

/** `a + b` and the like, where the result has the inputs' type. */
export const arithmetic = (b: Builder, op: string, a: Value, c: Value): Value =>
  broadcast(b, op, [a, c], a.type);

/** `a < b` and the like. */
export const comparison = (b: Builder, op: string, a: Value, c: Value): Value =>
  broadcast(b, op, [a, c], 'bool');

/** `x` where the condition holds, `y` where not. */
export const where = (b: Builder, condition: Value, x: Value, y: Value): Value =>
  broadcast(b, 'Where', [condition, x, y], x.type);
