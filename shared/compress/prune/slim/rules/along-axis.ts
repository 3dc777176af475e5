/** Operators that mix or reorder elements along some axes and leave the other axes alone. */
import { intOf } from '../../../../onnx/attributes.ts';
import type { Node } from '../../../../onnx/model.ts';
import { type Axes, labelOf, type Trace } from '../trace.ts';
import { axesListed, axisOf, backAxis, intsIn } from './axes.ts';
import type { ChannelRule } from './rule.ts';

/** Softmax and its kin: the axis of an attribute has to stay. */
export const alongAxis =
  (fallback: number): ChannelRule =>
  (node, trace) => {
    const axes = trace.axesOf(node.inputs[0] ?? '');
    if (!axes) return 'the rank of what it reads is not known';
    keepAxes(node, axes, [axisOf(node, axes.length, fallback)], trace);
    for (const output of node.outputs) trace.give(output, axes);
    return undefined;
  };

/** CumSum: the axis is an input. */
export const alongGivenAxis: ChannelRule = (node, trace) => {
  const axes = trace.axesOf(node.inputs[0] ?? '');
  const [axis] = intsIn(node, 1, trace) ?? [];
  if (!axes || axis === undefined) return 'its axis is not known';
  keepAxes(node, axes, [backAxis(axis, axes.length)], trace);
  trace.give(node.outputs[0], axes);
  return undefined;
};

/** Pools and what else moves over places: all axes behind the channels have to stay. */
export const overPlaces: ChannelRule = (node, trace) => {
  const axes = trace.axesOf(node.inputs[0] ?? '');
  if (!axes) return 'the rank of what it reads is not known';
  // Indices count through all channels.
  const indices = node.outputs[1] ?? '';
  if (indices !== '' && trace.context.editor.isUsed(indices)) return 'its indices are read';
  const places = axes.map((_, axis) => axis).slice(2);
  keepAxes(node, axes, places, trace);
  trace.give(
    node.outputs[0],
    axes.map((labels, axis) => (axis < 2 ? labels : undefined)),
  );
  return undefined;
};

/** Reductions: a mean or a maximum over fewer channels is another number. */
export const reduce: ChannelRule = (node, trace) => {
  const axes = trace.axesOf(node.inputs[0] ?? '');
  if (!axes) return 'the rank of what it reads is not known';
  const all = axes.map((_, axis) => axis);
  const listed = axesListed(node, 1, axes.length, trace, []);
  if (!listed) return 'its axes are computed';
  const isNothing = listed.length === 0 && intOf(node, 'noop_with_empty_axes', 0) === 1;
  return reduced(node, axes, listed.length === 0 && !isNothing ? all : listed, trace);
};

/** ArgMax and ArgMin. */
export const reduceAxis: ChannelRule = (node, trace) => {
  const axes = trace.axesOf(node.inputs[0] ?? '');
  if (!axes) return 'the rank of what it reads is not known';
  return reduced(node, axes, [axisOf(node, axes.length, 0)], trace);
};

function reduced(node: Node, axes: Axes, over: readonly number[], trace: Trace): undefined {
  keepAxes(node, axes, over, trace);
  const keepsRank = intOf(node, 'keepdims', 1) === 1;
  trace.give(
    node.outputs[0],
    axes.flatMap((labels, axis) => {
      if (!over.includes(axis)) return [labels];
      return keepsRank ? [undefined] : [];
    }),
  );
}

function keepAxes(node: Node, axes: Axes, over: readonly number[], trace: Trace): void {
  for (const axis of over) trace.keep(axes[axis], `${labelOf(node)} works across them`);
}
