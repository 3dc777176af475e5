/** Convolutions and pools of channels-last values: `[N, spatial …, C]` in the source, `[N, C, spatial …]` in ONNX. */
import type { AttributeInputs } from '../../onnx/make-node.ts';
import type { Builder } from './builder.ts';
import { inKernelType } from './compute-type.ts';
import { type Dim, isFixed, upTo } from './dims.ts';
import { arithmetic } from './elementwise.ts';
import { channelsFirst } from './order.ts';
import { reshape } from './reshape.ts';
import { lowest, padSame } from './same-padding.ts';
import type { Padding } from './slice.ts';
import { Unconvertible } from './unconvertible.ts';
import type { Value } from './value.ts';

/** How the borders are treated; explicit margins are of the spatial axes. */
export type WindowPadding = 'SAME' | 'VALID' | Padding;

/** A window that moves over the spatial axes. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations?: readonly number[];
  readonly padding: WindowPadding;
}

/** Attributes of an ONNX Conv or pool, and the sizes of its spatial axes. */
interface Placed {
  readonly attributes: AttributeInputs;
  readonly spatial: readonly Dim[];
  /** The input as the operator takes it. */
  readonly x: Value;
  /** SAME had to be computed while the model runs: `x` has its margins. */
  readonly isPadded: boolean;
}

/** What a window covers along each axis, its holes included. */
export const reachOf = ({ kernel, dilations }: Pick<Window, 'kernel' | 'dilations'>): number[] =>
  kernel.map((size, axis) => (size - 1) * (dilations?.[axis] ?? 1) + 1);

/** What an operator is to be told of its window: steps of 1 are what it takes anyway. */
export const windowAttributes = ({
  kernel,
  strides,
  dilations = [],
}: Pick<Window, 'kernel' | 'strides' | 'dilations'>): AttributeInputs => ({
  kernel_shape: kernel,
  ...(strides.some((step) => step !== 1) && { strides }),
  ...(dilations.some((step) => step !== 1) && { dilations }),
});

/** @throws Unconvertible for a window that covers nothing, or that does not move */
export function checkWindow({ kernel, strides, dilations = [] }: Window): void {
  const isWrong = [...kernel, ...strides, ...dilations].some((size) => !(size >= 1));
  if (isWrong)
    throw new Unconvertible(
      `its window covers [${kernel}], moves by [${strides}] and is spread by [${dilations}]`,
    );
}

/** TensorFlow's SAME puts the odd element of the padding behind: ONNX's SAME_UPPER. `fill` is what margins hold. */
function place(b: Builder, x: Value, window: Window, fill = 0): Placed {
  checkWindow(window);
  const { kernel, strides, padding } = window;
  const reach = reachOf(window);
  const sizes = kernel.map((_, axis) => x.shape?.[axis + 1] ?? null);
  const common = windowAttributes(window);
  const stride = (axis: number): number => strides[axis] ?? 1;
  if (padding !== 'SAME') {
    const margins = padding === 'VALID' ? kernel.map(() => [0, 0] as const) : padding;
    const spatial = sizes.map((size, axis) =>
      windowCount(size, margins[axis] ?? [0, 0], reach[axis] ?? 1, stride(axis)),
    );
    const pads = [...margins.map(([before]) => before), ...margins.map(([, after]) => after)];
    return { attributes: { ...common, ...padsOf(pads) }, spatial, x, isPadded: false };
  }
  const spatial = sizes.map((size, axis) =>
    stride(axis) === 1 ? size : isFixed(size) ? Math.ceil(size / stride(axis)) : null,
  );
  const totals = reach.map((length, axis) => sameTotal(sizes[axis] ?? null, length, stride(axis)));
  if (totals.every(isFixed)) {
    const before = totals.map((total) => Math.floor(total / 2));
    const after = totals.map((total, axis) => total - (before[axis] ?? 0));
    const attributes = { ...common, ...padsOf([...before, ...after]) };
    return { attributes, spatial, x, isPadded: false };
  }
  // Runtimes refuse auto_pad with dilations, and cut the input where strides are larger than the window.
  if (kernel.every((size, axis) => size === reach[axis] && size >= stride(axis)))
    return { attributes: { ...common, auto_pad: 'SAME_UPPER' }, spatial, x, isPadded: false };
  const padded = padSame(b, x, reach, strides, fill);
  return { attributes: common, spatial, x: padded, isPadded: true };
}

/** How many places a window has along an axis. @throws Unconvertible when it is larger than the axis */
export function windowCount(
  size: Dim,
  [before, after]: readonly [before: number, after: number],
  reach: number,
  stride: number,
): Dim {
  if (!isFixed(size)) return reach === 1 && stride === 1 && before + after === 0 ? size : null;
  const room = size + before + after - reach;
  if (room < 0) throw new Unconvertible(`its window is larger than its input of size ${size}`);
  return Math.floor(room / stride) + 1;
}

/** `null` when it depends on a size that is free. */
function sameTotal(size: Dim, reach: number, stride: number): number | null {
  if (stride === 1) return reach - 1;
  if (!isFixed(size)) return reach === 1 ? 0 : null;
  return Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
}

/** Pads of an operator: nothing when there are none. */
export const padsOf = (pads: readonly number[]): AttributeInputs =>
  pads.some((count) => count !== 0) ? { pads } : {};

/** Filters `[spatial …, in / groups, out]` as ONNX holds them: `[out, in / groups, spatial …]`. */
export const filterOrder = (spatial: number): readonly number[] => [
  spatial + 1,
  spatial,
  ...upTo(spatial),
];

/** Convolution with filters `[spatial …, inputs / groups, outputs]`; the bias is `[outputs]`. */
export function conv(b: Builder, x: Value, filters: Value, window: Window, bias?: Value): Value {
  const spatial = window.kernel.length;
  const [inputs, outputs] = filters.sizes.slice(spatial);
  const channels = x.sizes[spatial + 1];
  const groups = isFixed(channels) && isFixed(inputs) && inputs > 0 ? channels / inputs : 1;
  if (!Number.isInteger(groups))
    throw new Unconvertible(`${channels} channels do not fit filters for ${inputs}`);
  return emitConv(b, x, filters, window, { groups, outputs: outputs ?? null, bias });
}

/** Depthwise convolution with filters `[spatial …, channels, multiplier]`; output channel `c · multiplier + m`. */
export function depthwiseConv(
  b: Builder,
  x: Value,
  filters: Value,
  window: Window,
  bias?: Value,
): Value {
  const spatial = window.kernel.length;
  const [channels, multiplier] = filters.sizes.slice(spatial);
  if (!isFixed(channels) || !isFixed(multiplier))
    throw new Unconvertible('its filters have a free size');
  // One filter for each output channel over one input channel: [spatial …, 1, channels · multiplier].
  const outputs = channels * multiplier;
  const flat = reshapeFilters(b, filters, [...window.kernel, 1, outputs]);
  return emitConv(b, x, flat, window, { groups: channels, outputs, bias });
}

function emitConv(
  b: Builder,
  x: Value,
  filters: Value,
  window: Window,
  { groups, outputs, bias }: { groups: number; outputs: Dim; bias: Value | undefined },
): Value {
  const spatial = window.kernel.length;
  const order = channelsFirst(spatial);
  return inKernelType(
    b,
    'Conv',
    bias ? [x, filters, bias] : [x, filters],
    ([input = x, kernel, offset]) => {
      const placed = place(b, input, window);
      const names = [b.hold(placed.x, order), b.hold(kernel ?? filters, filterOrder(spatial))];
      if (offset) names.push(b.hold(offset));
      const shape = [x.sizes[0] ?? null, ...placed.spatial, outputs];
      const attributes = { ...placed.attributes, group: groups };
      return b.emit('Conv', names, input.type, shape, { attributes, order });
    },
  );
}

/** Row-major neighbours are joined, so a quantized filter keeps its scales along the joined axis. */
function reshapeFilters(b: Builder, filters: Value, shape: readonly number[]): Value {
  const { content } = filters;
  if (content.kind !== 'quantized') return reshape(b, filters, shape);
  const spatial = shape.length - 2;
  const [channels = 1, multiplier = 1] = content.tensor.dims.slice(spatial);
  // Scales of TFLite go along the joined channels already; those along the inputs hold for each multiple.
  const isPerInput = multiplier > 1 && content.scale.length === channels;
  const repeat = <T>(items: readonly T[]): readonly T[] =>
    isPerInput ? items.flatMap((item) => Array.from({ length: multiplier }, () => item)) : items;
  return filters.reshaped(shape, repeat(content.scale), repeat(content.zeroPoint), spatial + 1);
}

/** Pools over spatial axes; averages do not count the padding. Maxima of integers stay exact below 2⁵³. */
export function pool(b: Builder, op: 'MaxPool' | 'AveragePool', x: Value, window: Window): Value {
  return inKernelType(b, op, [x], ([input = x]) => {
    const placed = place(b, input, window, op === 'MaxPool' ? lowest(input.type) : 0);
    const pooled = emitPool(b, op, input, window, placed);
    if (op === 'MaxPool' || !placed.isPadded) return pooled;
    // The margins were counted, as zeros: the share of each window that is none corrects it.
    const sizes = b.node('Shape', [b.hold(input)])[0] ?? '';
    const one = b.hold(b.scalar(1, input.type));
    const ones = b.emit('Expand', [one, sizes], input.type, input.shape);
    const shares = emitPool(b, op, ones, window, place(b, ones, window));
    return arithmetic(b, 'Div', pooled, shares);
  });
}

function emitPool(
  b: Builder,
  op: 'MaxPool' | 'AveragePool',
  x: Value,
  window: Window,
  placed: Placed,
): Value {
  const spatial = window.kernel.length;
  const order = channelsFirst(spatial);
  const shape = [x.sizes[0] ?? null, ...placed.spatial, x.sizes[spatial + 1] ?? null];
  const { attributes } = placed;
  return b.emit(op, [b.hold(placed.x, order)], x.type, shape, { attributes, order });
}

/** A maximum pool, and the name of the places of its maxima as ONNX counts them; of types with a kernel. */
export function poolWithPlaces(
  b: Builder,
  x: Value,
  window: Window,
): { readonly maxima: Value; readonly name: string } {
  const spatial = window.kernel.length;
  const placed = place(b, x, window, lowest(x.type));
  if (placed.isPadded)
    throw new Unconvertible('it tells places of padding SAME over a size that is free');
  const order = channelsFirst(spatial);
  const [top = '', name = ''] = b.node('MaxPool', [b.hold(x, order)], placed.attributes, 2);
  const shape = [x.sizes[0] ?? null, ...placed.spatial, x.sizes[spatial + 1] ?? null];
  return { maxima: b.named(top, x.type, shape, order), name };
}
