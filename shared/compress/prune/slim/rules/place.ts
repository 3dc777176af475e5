/** Operators that move whole axes, or repeat and resize along them. */
import { intOf, intsOf, stringOf } from '../../../../onnx/attributes.ts';
import type { Node } from '../../../../onnx/model.ts';
import { doubleValues, smallInts } from '../../../../rewrite/constants.ts';
import type { Labels } from '../channels.ts';
import { type Axes, labelOf, type Trace } from '../trace.ts';
import { axesListed, hasInput, intsIn } from './axes.ts';
import type { ChannelRule } from './rule.ts';

export const transpose: ChannelRule = (node, trace) => {
  const axes = trace.axesOf(node.inputs[0] ?? '');
  if (!axes) return 'the rank of what it reads is not known';
  const order = intsOf(node, 'perm') ?? axes.map((_, axis) => axes.length - 1 - axis);
  trace.give(
    node.outputs[0],
    order.map((axis) => axes[axis]),
  );
  return undefined;
};

export const unsqueeze: ChannelRule = (node, trace) => {
  const axes = trace.axesOf(node.inputs[0] ?? '');
  const count = (intsOf(node, 'axes') ?? intsIn(node, 1, trace))?.length;
  if (!axes || count === undefined) return 'its axes are not known';
  const rank = axes.length + count;
  const added = axesListed(node, 1, rank, trace, []) ?? [];
  let next = 0;
  trace.give(
    node.outputs[0],
    Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? undefined : axes[next++])),
  );
  return undefined;
};

export const squeeze: ChannelRule = (node, trace) => {
  const [name = ''] = node.inputs;
  const axes = trace.axesOf(name);
  const ones = axes?.flatMap((_, axis) => (trace.sizeOf(name, axis) === 1 ? [axis] : []));
  const removed = axes && axesListed(node, 1, axes.length, trace, ones ?? []);
  if (!removed) return 'its axes are not known';
  trace.give(
    node.outputs[0],
    axes.filter((_, axis) => !removed.includes(axis)),
  );
  return undefined;
};

/** Repeated channels are other channels: they have to stay. */
export const tile: ChannelRule = (node, trace) => {
  const axes = trace.axesOf(node.inputs[0] ?? '');
  const repeats = intsIn(node, 1, trace);
  if (!axes || repeats?.length !== axes.length) return 'how often it repeats is computed';
  const output = axes.map((labels, axis) => {
    if (repeats[axis] === 1) return labels;
    trace.keep(labels, `${labelOf(node)} repeats them`);
    return undefined;
  });
  trace.give(node.outputs[0], output);
  return undefined;
};

export const expand: ChannelRule = (node, trace) => {
  const [name = '', sizes = ''] = node.inputs;
  const axes = trace.axesOf(name);
  const shape = intsIn(node, 1, trace);
  if (!axes || !shape) return 'the size that it repeats to is computed';
  const rank = Math.max(axes.length, shape.length);
  const output = Array.from({ length: rank }, (_, axis) => axes[axis - rank + axes.length]);
  trace.changes.push({
    node,
    change: (cut) => {
      const cutShape = shape.map((size, at) => {
        const labels = output[at + rank - shape.length];
        return labels && size > 1 ? cut.kept(labels).length : size;
      });
      return isSame(shape, cutShape)
        ? {}
        : { inputs: node.inputs.with(1, cut.ints(sizes, cutShape)) };
    },
  });
  trace.give(node.outputs[0], output);
  return undefined;
};

/** Resize: channels go through where their axis keeps its size. */
export const resize: ChannelRule = (node, trace) => {
  const [name = ''] = node.inputs;
  const axes = trace.axesOf(name);
  if (!axes) return 'the rank of what it reads is not known';
  const listed = intsOf(node, 'axes') ?? axes.map((_, axis) => axis);
  const sizes = intsIn(node, 3, trace);
  const scales = numbersIn(node, 2, trace);
  const isStretched = stringOf(node, 'keep_aspect_ratio_policy', 'stretch') === 'stretch';
  const output = axes.map((labels, axis) => {
    const place = listed.indexOf(axis);
    const isSameSize =
      place < 0 ||
      (sizes ? sizes[place] === labels?.length : !hasInput(node, 3) && scales?.[place] === 1);
    if (isSameSize && isStretched) return labels;
    trace.keep(labels, `${labelOf(node)} resizes them, or by what is computed`);
    return undefined;
  });
  if (sizes) changeSizes(node, sizes, listed, output, trace);
  trace.give(node.outputs[0], output);
  return undefined;
};

function changeSizes(
  node: Node,
  sizes: readonly number[],
  listed: readonly number[],
  output: Axes,
  trace: Trace,
): void {
  trace.changes.push({
    node,
    change: (cut) => {
      const cutSizes = sizes.map((size, place) => {
        const labels = output[listed[place] ?? -1];
        return labels ? cut.kept(labels).length : size;
      });
      return isSame(sizes, cutSizes)
        ? {}
        : { inputs: node.inputs.with(3, cut.ints(node.inputs[3] ?? '', cutSizes)) };
    },
  });
}

/** Each output channel lies at `block`² input channels, which go together. */
export const depthToSpace: ChannelRule = (node, trace) => {
  const axes = trace.axesOf(node.inputs[0] ?? '');
  if (!axes) return 'the rank of what it reads is not known';
  const blocks = intOf(node, 'blocksize', 1) ** 2;
  const [ins] = axes.slice(1);
  for (const labels of axes.slice(2)) trace.keep(labels, `${labelOf(node)} moves over them`);
  if (!ins) return undefined;
  const count = ins.length / blocks;
  const isColumnRow = stringOf(node, 'mode', 'DCR') === 'CRD';
  const at = (channel: number, block: number): number =>
    ins[isColumnRow ? channel * blocks + block : block * count + channel] as number;
  const outs = Int32Array.from({ length: count }, (_, channel) => at(channel, 0));
  outs.forEach((first, channel) => {
    for (let block = 1; block < blocks; block++) trace.channels.join(first, at(channel, block));
  });
  trace.give(node.outputs[0], [axes[0], count > 1 ? outs : undefined, undefined, undefined]);
  if (count === 1) trace.keep(ins, `${labelOf(node)} makes one channel of them`);
  return undefined;
};

/** Each input channel comes `block`² times. */
export const spaceToDepth: ChannelRule = (node, trace) => {
  const axes = trace.axesOf(node.inputs[0] ?? '');
  if (!axes) return 'the rank of what it reads is not known';
  const blocks = intOf(node, 'blocksize', 1) ** 2;
  for (const labels of axes.slice(2)) trace.keep(labels, `${labelOf(node)} moves over them`);
  const ins: Labels | undefined = axes[1];
  const outs =
    ins &&
    Int32Array.from({ length: blocks * ins.length }, (_, at) => ins[at % ins.length] as number);
  trace.give(node.outputs[0], [axes[0], outs, undefined, undefined]);
  return undefined;
};

function numbersIn(node: Node, input: number, trace: Trace): ArrayLike<number> | undefined {
  const tensor = trace.context.constant(node.inputs[input] ?? '');
  return tensor && (smallInts(tensor) ?? doubleValues(tensor));
}

/** Whether two lists of integers are alike. */
export const isSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, at) => value === b[at]);
