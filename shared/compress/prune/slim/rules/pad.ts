/** Pad: of places, or of channels where a wider sum follows. */
import { intsOf } from '../../../../onnx/attributes.ts';
import type { Node } from '../../../../onnx/model.ts';
import { paddingOf } from '../../../../passes/shared/pad.ts';
import { Refusal } from '../../../../rewrite/refusal.ts';
import { labelOf, type Trace } from '../trace.ts';
import { intsIn } from './axes.ts';
import { isSame } from './place.ts';
import type { ChannelRule } from './rule.ts';

/** Channels that padding adds can go like others: less is added then. */
export const pad: ChannelRule = (node, trace) => {
  const axes = trace.axesOf(node.inputs[0] ?? '');
  if (!axes) return 'the rank of what it reads is not known';
  const padding = paddingOf(node, trace.context);
  // Reflections repeat what is there: along axes of places that is no matter.
  if (padding instanceof Refusal) return padUnread(node, trace);
  const { begins, ends } = padding;
  const sides = axes.map((labels, axis) => {
    const [begin = 0, end = 0] = [begins[axis], ends[axis]];
    if (!labels || (begin === 0 && end === 0)) return undefined;
    if (begin < 0 || end < 0) {
      trace.keep(labels, `${labelOf(node)} cuts some of them off`);
      return undefined;
    }
    return { before: trace.channels.fresh(begin), labels, after: trace.channels.fresh(end) };
  });
  const output = axes.map((labels, axis) => {
    const side = sides[axis];
    if (side) return Int32Array.from([...side.before, ...side.labels, ...side.after]);
    return begins[axis] === 0 && ends[axis] === 0 ? labels : undefined;
  });
  trace.give(node.outputs[0], output);
  if (sides.every((side) => !side)) return undefined;
  trace.changes.push({
    node,
    change: (cut) => {
      const cutBegins = begins.map((size, axis) => {
        const side = sides[axis];
        return side ? cut.kept(side.before).length : size;
      });
      const cutEnds = ends.map((size, axis) => {
        const side = sides[axis];
        return side ? cut.kept(side.after).length : size;
      });
      if (isSame(begins, cutBegins) && isSame(ends, cutEnds)) return {};
      const amounts = cut.ints(node.inputs[1] ?? '', [...cutBegins, ...cutEnds]);
      return { inputs: [node.inputs[0] ?? '', amounts, node.inputs[2] ?? ''] };
    },
  });
  return undefined;
};

/** Modes other than a constant border, by constant amounts: along axes that are not padded channels go through. */
function padUnread(node: Node, trace: Trace): string | undefined {
  const axes = trace.axesOf(node.inputs[0] ?? '') ?? [];
  const amounts = intsOf(node, 'pads') ?? intsIn(node, 1, trace);
  if (amounts?.length !== 2 * axes.length) return 'its amounts are computed';
  const output = axes.map((labels, axis) => {
    if (amounts[axis] === 0 && amounts[axes.length + axis] === 0) return labels;
    trace.keep(labels, `${labelOf(node)} pads them with others`);
    return undefined;
  });
  trace.give(node.outputs[0], output);
  return undefined;
}
