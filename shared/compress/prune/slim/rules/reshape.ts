/** Reshape and Flatten: a channel becomes a block of columns, a block of columns a head. */
import { product } from '../../../../base/product.ts';
import type { Dim, Node } from '../../../../onnx/model.ts';
import type { Labels } from '../channels.ts';
import type { Cut } from '../cut.ts';
import { type Axes, labelOf, type Trace } from '../trace.ts';
import { intsIn } from './axes.ts';
import { type Block, blocksOf } from './blocks.ts';
import type { ChannelRule } from './rule.ts';

export const flatten: ChannelRule = (node, trace) => {
  const axes = reshaped(node, trace);
  if (!axes) return 'the sizes of what it reads or gives are not known';
  trace.give(node.outputs[0], axes);
  return undefined;
};

export const reshape: ChannelRule = (node, trace) => {
  const axes = reshaped(node, trace);
  if (!axes) return 'the sizes of what it reads or gives are not known';
  if (axes.every((labels) => !labels)) return undefined;
  const given = intsIn(node, 1, trace);
  const target = given ?? targetOf(node, trace);
  if (!target) return 'the shape that it makes is computed';
  trace.changes.push({ node, change: (cut) => changeShape(node, target, axes, cut) });
  trace.give(node.outputs[0], axes);
  return undefined;
};

function changeShape(node: Node, target: readonly number[], axes: Axes, cut: Cut): Partial<Node> {
  if (axes.every((labels) => !labels || cut.isWhole(labels))) return {};
  const sizes = target.map((size, axis) => {
    const labels = axes[axis];
    return labels && size >= 0 ? cut.kept(labels).length : size;
  });
  return { inputs: node.inputs.with(1, cut.ints(node.inputs[1] ?? '', sizes)) };
}

/** In place of a computed shape; `undefined` where two sizes could be any. */
function targetOf(node: Node, trace: Trace): readonly number[] | undefined {
  const before = trace.context.shapeOf(node.inputs[0] ?? '') ?? [];
  const after = trace.context.shapeOf(node.outputs[0] ?? '') ?? [];
  const isCopied = (dim: Dim, axis: number): boolean =>
    typeof dim === 'string' && before[axis] === dim;
  const open = after.filter((dim) => typeof dim !== 'number').length;
  const sizes = after.map((dim, axis) => {
    if (typeof dim === 'number') return dim;
    return open > 1 && isCopied(dim, axis) ? 0 : -1;
  });
  return sizes.filter((size) => size === -1).length > 1 ? undefined : sizes;
}

function reshaped(node: Node, trace: Trace): Axes | undefined {
  const [name = ''] = node.inputs;
  const axes = trace.axesOf(name);
  const before = trace.context.shapeOf(name);
  const after = trace.context.shapeOf(node.outputs[0] ?? '');
  if (!axes || !before || !after) return undefined;
  const output: (Labels | undefined)[] = after.map(() => undefined);
  const blocks = blocksOf(before, after);
  const known = new Set(blocks.flatMap(({ ins }) => ins));
  axes.forEach((labels, axis) => {
    if (!known.has(axis)) trace.keep(labels, `${labelOf(node)} mixes them with axes of any size`);
  });
  for (const block of blocks) {
    const found = throughBlock(node, block, axes, { before, after }, trace);
    if (found) output[found.axis] = found.labels;
  }
  return output;
}

interface Sizes {
  readonly before: readonly Dim[];
  readonly after: readonly Dim[];
}

/** The axis after that has the channels, where the block has any. */
function throughBlock(
  node: Node,
  { ins, outs }: Block,
  axes: Axes,
  { before, after }: Sizes,
  trace: Trace,
): { readonly axis: number; readonly labels: Labels } | undefined {
  const [axis, ...others] = ins.filter((at) => axes[at]);
  const labels = axis === undefined ? undefined : axes[axis];
  if (axis === undefined || !labels) return undefined;
  // One position after would hang on a channel of each.
  for (const other of others) trace.keep(axes[other], `${labelOf(node)} makes one axis of several`);
  const sizes = ins.map((at) => Number(before[at]));
  const outSizes = outs.map((at) => Number(after[at]));
  const inside = product(sizes.slice(ins.indexOf(axis) + 1));
  const flat = Int32Array.from(
    { length: product(sizes) },
    (_, at) => labels[Math.floor(at / inside) % labels.length] as number,
  );
  const wide = outs.flatMap((_, at) => ((outSizes[at] ?? 1) > 1 ? [at] : []));
  const placeOf = (at: number): Place => ({
    size: outSizes[at] ?? 1,
    inside: product(outSizes.slice(at + 1)),
  });
  // Channels stay as fine as they are where an axis after has them; else the outermost takes them in blocks: heads.
  const at = wide.find((one) => isAlong(flat, placeOf(one), trace)) ?? outermost(wide, outSizes);
  if (at === undefined) return undefined;
  return { axis: outs[at] ?? 0, labels: along(flat, placeOf(at), trace) };
}

/** Of queries, keys and values side by side, [3, heads, columns], it is the heads. */
function outermost(wide: readonly number[], sizes: readonly number[]): number | undefined {
  const [first = 0, second] = wide;
  return wide.length > 2 && (sizes[first] ?? 0) <= STACKED ? second : wide[0];
}

/** Matrices that one product makes: queries, keys and values. */
const STACKED = 3;

/** An axis within a block: its size, and that of the axes behind it together. */
interface Place {
  readonly size: number;
  readonly inside: number;
}

const indexAt = (at: number, { size, inside }: Place): number => Math.floor(at / inside) % size;

/** Whether all elements at a position of the axis are of one channel. */
function isAlong(flat: Labels, place: Place, trace: Trace): boolean {
  const { channels } = trace;
  const seen = new Map<number, number>();
  return flat.every((channel, at) => {
    const index = indexAt(at, place);
    const root = channels.find(channel);
    const known = seen.get(index);
    if (known === undefined) seen.set(index, root);
    return known === undefined || known === root;
  });
}

/** Makes those at each position of the axis one. */
function along(flat: Labels, place: Place, trace: Trace): Labels {
  const labels = new Int32Array(place.size).fill(-1);
  flat.forEach((channel, at) => {
    const index = indexAt(at, place);
    const known = labels[index] as number;
    if (known < 0) labels[index] = channel;
    else trace.channels.join(known, channel);
  });
  return labels;
}
