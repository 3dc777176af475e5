/** Operators that put axes together or cut them: Concat, Split, Slice. */
import type { Node } from '../../../../onnx/model.ts';
import { sliceOf } from '../../../../passes/shared/slice.ts';
import type { Labels } from '../channels.ts';
import type { Cut } from '../cut.ts';
import { labelOf, type Trace } from '../trace.ts';
import { axisOf, backAxis, clampBound } from './axes.ts';
import type { ChannelRule } from './rule.ts';

export const concat: ChannelRule = (node, trace) => {
  const all = node.inputs.map((name) => trace.axesOf(name));
  const [first] = all;
  if (!first || all.some((axes) => axes?.length !== first.length))
    return 'the ranks of what it reads are not known';
  const along = axisOf(node, first.length, 0);
  const output = first.map((_, axis) => {
    const labels = all.map((axes) => axes?.[axis]);
    if (axis !== along) return trace.join(labels, `${labelOf(node)} meets axes that have to stay`);
    return labels.some((one) => one) ? joined(node, along, labels, trace) : undefined;
  });
  trace.give(node.outputs[0], output);
  return undefined;
};

/** One behind the other; parts that have to stay become channels that have to stay. */
function joined(
  node: Node,
  axis: number,
  parts: readonly (Labels | undefined)[],
  trace: Trace,
): Labels | undefined {
  const whole: number[] = [];
  for (const [index, part] of parts.entries()) {
    const size = trace.sizeOf(node.inputs[index] ?? '', axis);
    if (!part && size === undefined) {
      for (const labels of parts)
        trace.keep(labels, `${labelOf(node)} joins parts of unknown size`);
      return undefined;
    }
    const labels = part ?? trace.channels.fresh(size ?? 0);
    if (!part) trace.keep(labels, `${labelOf(node)} takes it from what has to stay`);
    for (const channel of labels) whole.push(channel);
  }
  return Int32Array.from(whole);
}

export const split: ChannelRule = (node, trace) => {
  const [name = ''] = node.inputs;
  const axes = trace.axesOf(name);
  if (!axes) return 'the rank of what it reads is not known';
  const axis = axisOf(node, axes.length, 0);
  const whole = axes[axis];
  const sizes = node.outputs.map((output) => trace.sizeOf(output, axis));
  if (whole && !isWhole(sizes, whole.length)) return 'the sizes of its parts are not known';
  const parts = sizes.map((size = 0, index) => {
    const from = sizes.slice(0, index).reduce<number>((sum, one) => sum + (one ?? 0), 0);
    return whole?.subarray(from, from + size);
  });
  node.outputs.forEach((output, index) => {
    trace.give(output, axes.with(axis, parts[index]));
  });
  if (whole) trace.changes.push({ node, change: (cut) => changeSplit(node, parts, cut) });
  return undefined;
};

const isWhole = (sizes: readonly (number | undefined)[], length: number): boolean =>
  sizes.reduce<number>((sum, size) => sum + (size ?? Number.NaN), 0) === length;

function changeSplit(node: Node, parts: readonly (Labels | undefined)[], cut: Cut): Partial<Node> {
  if (parts.every((labels) => !labels || cut.isWhole(labels))) return {};
  const sizes = parts.map((labels) => (labels ? cut.kept(labels).length : 0));
  const attributes = new Map(node.attributes);
  attributes.delete('num_outputs');
  const input = cut.ints(node.inputs[1] || 'split', sizes);
  return { attributes, inputs: [node.inputs[0] ?? '', input] };
}

export const slice: ChannelRule = (node, trace) => {
  const axes = trace.axesOf(node.inputs[0] ?? '');
  const given = sliceOf(node, trace.context);
  if (!axes || !given) return 'its bounds are computed';
  const parts = given.map((part) => ({ ...part, axis: backAxis(part.axis, axes.length) }));
  const output = [...axes];
  const bounds = parts.map(({ axis, start, end, step }) => {
    const labels = axes[axis];
    if (!labels) return undefined;
    if (step !== 1) {
      trace.keep(labels, `${labelOf(node)} takes some of them in steps`);
      output[axis] = undefined;
      return undefined;
    }
    const [from, to] = [start, end].map((bound) => clampBound(bound, labels.length)) as [
      number,
      number,
    ];
    output[axis] = labels.subarray(from, Math.max(from, to));
    return { labels, from, to: Math.max(from, to) };
  });
  trace.changes.push({
    node,
    change: (cut) => {
      const starts = bounds.map((bound, at) =>
        bound ? cut.kept(bound.labels.subarray(0, bound.from)).length : (parts[at]?.start ?? 0),
      );
      const ends = bounds.map((bound, at) =>
        bound ? cut.kept(bound.labels.subarray(0, bound.to)).length : (parts[at]?.end ?? 0),
      );
      const isUntouched = bounds.every((bound) => !bound || cut.isWhole(bound.labels));
      if (isUntouched) return {};
      const inputs = [...node.inputs];
      inputs[1] = cut.ints(inputs[1] ?? '', starts);
      inputs[2] = cut.ints(inputs[2] ?? '', ends);
      return { inputs };
    },
  });
  trace.give(node.outputs[0], output);
  return undefined;
};
