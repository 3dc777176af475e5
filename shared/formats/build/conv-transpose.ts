/** Transposed convolutions of channels-last values. */
import type { AttributeInputs } from '../../onnx/make-node.ts';
import type { Builder } from './builder.ts';
import { int64Name } from './cast.ts';
import { inKernelType } from './compute-type.ts';
import { type Dim, isFixed, isStatic, upTo } from './dims.ts';
import { channelsFirst } from './order.ts';
import { Unconvertible } from './unconvertible.ts';
import { Value } from './value.ts';
import {
  checkWindow,
  filterOrder,
  padsOf,
  reachOf,
  type Window,
  windowAttributes,
} from './window.ts';

/** A transposed convolution with filters `[spatial …, outputs / groups, inputs]`. */
export interface TransposedWindow extends Window {
  /** Sizes of the spatial axes of the result, where the source states them; a vector when it computes them. */
  readonly outputSizes?: readonly Dim[] | Value;
  /** Extra elements behind each spatial axis (Keras `output_padding`). */
  readonly outputPadding?: readonly number[];
  readonly groups?: number;
}

/**
 * The gradient of a convolution as a layer. SAME gives `size · stride`, VALID
 * `size · stride + max(kernel − stride, 0)`, unless the sizes are stated.
 */
export function convTranspose(
  b: Builder,
  x: Value,
  filters: Value,
  window: TransposedWindow,
  bias?: Value,
): Value {
  return inKernelType(
    b,
    'ConvTranspose',
    bias ? [x, filters, bias] : [x, filters],
    ([input = x, kernel, offset]) => emit(b, input, kernel ?? filters, window, offset),
  );
}

function emit(
  b: Builder,
  x: Value,
  filters: Value,
  window: TransposedWindow,
  bias: Value | undefined,
): Value {
  checkWindow(window);
  const spatial = window.kernel.length;
  const { outputSizes, groups = 1 } = window;
  const stated = outputSizes instanceof Value ? outputSizes.known : outputSizes;
  // With free sizes the margins follow from sizes that are there only when the model runs.
  const isOpen =
    outputSizes !== undefined && !(isStatic(stated) && isStatic(x.sizes.slice(1, spatial + 1)));
  const { pads, extra, sizes } = isOpen
    ? { pads: [], extra: [], sizes: stated ?? upTo(spatial).map(() => null) }
    : placeTransposed(x, { ...window, ...(stated && { outputSizes: stated }) });
  const order = channelsFirst(spatial);
  const perGroup = filters.sizes[spatial];
  const attributes: AttributeInputs = {
    ...windowAttributes(window),
    ...padsOf(pads),
    group: groups,
    ...(extra.some((count) => count !== 0) && { output_padding: extra }),
  };
  const names = [b.hold(x, order), b.hold(filters, filterOrder(spatial))];
  if (bias) names.push(b.hold(bias));
  const shape = [x.sizes[0] ?? null, ...sizes, isFixed(perGroup) ? perGroup * groups : null];
  const made = b.emit('ConvTranspose', names, x.type, shape, { attributes, order });
  if (!isOpen) return made;
  const wanted = outputSizes instanceof Value ? outputSizes : numbersOf(b, outputSizes);
  return cropTo(b, made, window, wanted, bias);
}

function numbersOf(b: Builder, sizes: readonly Dim[]): Value {
  if (isStatic(sizes)) return b.numbers(sizes, 'int64');
  throw new Unconvertible('the sizes of its result are neither numbers nor computed');
}

/** Cuts the whole result to the computed sizes as TensorFlow places it; where it is too small, zeros follow. */
function cropTo(
  b: Builder,
  full: Value,
  { kernel, strides, padding }: TransposedWindow,
  outputSizes: Value,
  bias: Value | undefined,
): Value {
  if (bias) throw new Unconvertible('a transposed convolution of computed sizes with a bias');
  const spatial = kernel.length;
  const order = channelsFirst(spatial);
  const name = b.hold(full, order);
  const wanted = int64Name(b, outputSizes);
  const calculate = (op: string, left: string, right: string): string =>
    b.node(op, [left, right])[0] ?? '';
  const have = b.node('Shape', [name], { start: 2, end: spatial + 2 })[0] ?? '';
  const zero = b.ints([0]);
  const start = Array.isArray(padding)
    ? b.ints(padding.map(([before]) => before))
    : padding === 'VALID'
      ? b.ints(upTo(spatial).map(() => 0))
      : calculate('Div', calculate('Max', calculate('Sub', have, wanted), zero), b.ints([2]));
  const end = calculate('Add', start, wanted);
  const padded = padBehind();
  const axes = b.ints(upTo(spatial).map((axis) => axis + 2));
  return b.emit('Slice', [padded, start, end, axes], full.type, full.shape, { order });

  /** A result is too small only where strides leave elements that no window reaches. */
  function padBehind(): string {
    if (padding === 'SAME' && kernel.every((size, axis) => size >= (strides[axis] ?? 1)))
      return name;
    const lacking = calculate('Max', calculate('Sub', end, have), zero);
    const none = b.ints(upTo(spatial + 4).map(() => 0));
    const pads = b.node('Concat', [none, lacking], { axis: 0 })[0] ?? '';
    return b.node('Pad', [name, pads], { mode: 'constant' })[0] ?? '';
  }
}

interface Placed {
  readonly pads: readonly number[];
  readonly extra: readonly number[];
  readonly sizes: readonly Dim[];
}

function placeTransposed(x: Value, window: TransposedWindow): Placed {
  const { strides, padding } = window;
  const outputSizes = window.outputSizes as readonly Dim[] | undefined;
  const before: number[] = [];
  const after: number[] = [];
  const extra: number[] = [];
  const sizes: Dim[] = [];
  for (const [axis, reach] of reachOf(window).entries()) {
    const stride = strides[axis] ?? 1;
    const size = x.shape?.[axis + 1] ?? null;
    const { length, excess } = lengthOf(size, stride, reach, padding, {
      stated: outputSizes?.[axis],
      added: window.outputPadding?.[axis],
    });
    // What the full result has too much is cut, the odd element behind.
    const margins = Array.isArray(padding) ? padding[axis] : undefined;
    const front = padding === 'SAME' ? Math.floor(Math.max(excess, 0) / 2) : (margins?.[0] ?? 0);
    const back = excess - front;
    sizes.push(length);
    before.push(front);
    after.push(Math.max(back, 0));
    extra.push(Math.max(-back, 0));
  }
  return { pads: [...before, ...after], extra, sizes };
}

/** The size of the result along an axis, and by how much the full one is larger. */
function lengthOf(
  size: Dim,
  stride: number,
  reach: number,
  padding: Window['padding'],
  { stated, added }: { readonly stated: Dim | undefined; readonly added: number | undefined },
): { readonly length: Dim; readonly excess: number } {
  const full = isFixed(size) ? (size - 1) * stride + reach : null;
  if (isFixed(stated) && full !== null) return { length: stated, excess: full - stated };
  if (typeof padding !== 'string')
    throw new Unconvertible('a transposed convolution with explicit margins and free sizes');
  // Keras: (size − 1) · stride + kernel − 2 · ⌊kernel / 2⌋ + added for SAME.
  const excess =
    added !== undefined
      ? (padding === 'SAME' ? 2 * Math.floor(reach / 2) : 0) - added
      : padding === 'SAME'
        ? reach - stride
        : Math.min(reach - stride, 0);
  return { length: full === null ? null : full - excess, excess };
}
