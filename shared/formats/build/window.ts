/** Convolutions and pools of channels-last values: `[N, spatial …, C]` in the source, `[N, C, spatial …]` in ONNX. */
import type { AttributeInputs } from '../../onnx/make-node.ts';
import type { Builder } from './builder.ts';
import { type Dim, isFixed, upTo } from './dims.ts';
import { channelsFirst } from './order.ts';
import { reshape } from './reshape.ts';
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
}

/** TensorFlow's SAME puts the odd element of the padding behind: ONNX's SAME_UPPER. */
function place(x: Value, { kernel, strides, dilations, padding }: Window): Placed {
  const steps = dilations ?? kernel.map(() => 1);
  const reach = kernel.map((size, axis) => (size - 1) * (steps[axis] ?? 1) + 1);
  const sizes = kernel.map((_, axis) => x.shape?.[axis + 1] ?? null);
  const common: AttributeInputs = {
    kernel_shape: kernel,
    strides,
    ...(steps.some((step) => step !== 1) && { dilations: steps }),
  };
  const stride = (axis: number): number => strides[axis] ?? 1;
  if (padding === 'SAME') {
    const spatial = sizes.map((size, axis) =>
      stride(axis) === 1 ? size : isFixed(size) ? Math.ceil(size / stride(axis)) : null,
    );
    const totals = reach.map((length, axis) =>
      sameTotal(sizes[axis] ?? null, length, stride(axis)),
    );
    if (!totals.every(isFixed)) {
      if (steps.some((step) => step !== 1))
        throw new Unconvertible(
          'it has padding SAME with strides and dilations over a size that is free',
        );
      return { attributes: { ...common, auto_pad: 'SAME_UPPER' }, spatial };
    }
    const before = totals.map((total) => Math.floor(total / 2));
    const after = totals.map((total, axis) => total - (before[axis] ?? 0));
    return { attributes: { ...common, ...padsOf([...before, ...after]) }, spatial };
  }
  const margins = padding === 'VALID' ? kernel.map(() => [0, 0] as const) : padding;
  const spatial = sizes.map((size, axis) => {
    const [before, after] = margins[axis] ?? [0, 0];
    const room = isFixed(size) ? size + before + after - (reach[axis] ?? 1) : null;
    if (room !== null && room < 0)
      throw new Unconvertible(`its window is larger than its input of size ${size}`);
    return room === null ? null : Math.floor(room / stride(axis)) + 1;
  });
  const pads = [...margins.map(([before]) => before), ...margins.map(([, after]) => after)];
  return { attributes: { ...common, ...padsOf(pads) }, spatial };
}

/** `null` when it depends on a size that is free. */
function sameTotal(size: Dim, reach: number, stride: number): number | null {
  if (stride === 1) return reach - 1;
  if (!isFixed(size)) return reach <= stride && reach === 1 ? 0 : null;
  return Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
}

const padsOf = (pads: readonly number[]): AttributeInputs =>
  pads.some((count) => count !== 0) ? { pads } : {};

/** Filters `[spatial …, in / groups, out]` as ONNX holds them: `[out, in / groups, spatial …]`. */
const filterOrder = (spatial: number): readonly number[] => [
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
  const placed = place(x, window);
  const order = channelsFirst(spatial);
  return b.emit(
    'Conv',
    [b.hold(x, order), b.hold(filters, filterOrder(spatial)), ...(bias ? [b.hold(bias)] : [])],
    x.type,
    [x.sizes[0] ?? null, ...placed.spatial, outputs ?? null],
    { attributes: { ...placed.attributes, ...(groups !== 1 && { group: groups }) }, order },
  );
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
  const flat = reshapeFilters(b, filters, [...window.kernel, 1, channels * multiplier]);
  const placed = place(x, window);
  const order = channelsFirst(spatial);
  return b.emit(
    'Conv',
    [b.hold(x, order), b.hold(flat, filterOrder(spatial)), ...(bias ? [b.hold(bias)] : [])],
    x.type,
    [x.sizes[0] ?? null, ...placed.spatial, channels * multiplier],
    { attributes: { ...placed.attributes, group: channels }, order },
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

/** A transposed convolution with filters `[spatial …, outputs, inputs]`. */
export interface TransposedWindow extends Window {
  /** Sizes of the spatial axes of the result, where the source states them. */
  readonly outputSizes?: readonly Dim[];
  /** Extra elements behind each spatial axis (Keras `output_padding`). */
  readonly outputPadding?: readonly number[];
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
  const spatial = window.kernel.length;
  const { pads, extra, sizes } = placeTransposed(x, window);
  const order = channelsFirst(spatial);
  const { dilations } = window;
  return b.emit(
    'ConvTranspose',
    [b.hold(x, order), b.hold(filters, filterOrder(spatial)), ...(bias ? [b.hold(bias)] : [])],
    x.type,
    [x.sizes[0] ?? null, ...sizes, filters.sizes[spatial] ?? null],
    {
      attributes: {
        kernel_shape: window.kernel,
        strides: window.strides,
        ...padsOf(pads),
        ...(dilations?.some((step) => step !== 1) && { dilations }),
        ...(extra.some((count) => count !== 0) && { output_padding: extra }),
      },
      order,
    },
  );
}

function placeTransposed(
  x: Value,
  { kernel, strides, dilations, padding, outputSizes, outputPadding }: TransposedWindow,
): { readonly pads: number[]; readonly extra: number[]; readonly sizes: Dim[] } {
  const before: number[] = [];
  const after: number[] = [];
  const extra: number[] = [];
  const sizes: Dim[] = [];
  for (const [axis, length] of kernel.entries()) {
    const stride = strides[axis] ?? 1;
    const reach = (length - 1) * (dilations?.[axis] ?? 1) + 1;
    const size = x.shape?.[axis + 1] ?? null;
    const added = outputPadding?.[axis];
    if (typeof padding !== 'string')
      throw new Unconvertible('explicit margins of a transposed convolution');
    const stated = outputSizes?.[axis];
    const full = isFixed(size) ? (size - 1) * stride + reach : null;
    const wanted = isFixed(stated)
      ? stated
      : added !== undefined
        ? full && full + added - (padding === 'SAME' ? 2 * Math.floor(reach / 2) : 0)
        : isFixed(size)
          ? padding === 'SAME'
            ? size * stride
            : size * stride + Math.max(reach - stride, 0)
          : null;
    sizes.push(wanted);
    // What the full result has too much is cut, the odd element behind.
    const excess =
      full !== null && wanted !== null
        ? full - wanted
        : padding === 'SAME'
          ? reach - stride
          : Math.min(reach - stride, 0);
    const front =
      padding === 'SAME'
        ? added !== undefined
          ? Math.floor(reach / 2)
          : Math.floor(Math.max(excess, 0) / 2)
        : 0;
    const back = excess - front;
    before.push(front);
    after.push(Math.max(back, 0));
    extra.push(Math.max(-back, 0));
  }
  return { pads: [...before, ...after], extra, sizes };
}

/** Pools over spatial axes; averages do not count the padding. */
export function pool(b: Builder, op: 'MaxPool' | 'AveragePool', x: Value, window: Window): Value {
  const spatial = window.kernel.length;
  const placed = place(x, window);
  const order = channelsFirst(spatial);
  return b.emit(
    op,
    [b.hold(x, order)],
    x.type,
    [x.sizes[0] ?? null, ...placed.spatial, x.sizes[spatial + 1] ?? null],
    {
      attributes: { ...placed.attributes, ...(op === 'AveragePool' && { count_include_pad: 0 }) },
      order,
    },
  );
}
