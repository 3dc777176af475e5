/** Operators that compute each element from the elements in the same place: channels meet where axes do. */
import type { Node } from '../../../../onnx/model.ts';
import { type Axes, labelOf, type Trace } from '../trace.ts';
import type { ChannelRule } from './rule.ts';

/** Any number of inputs, broadcast from the back; all outputs are alike. */
export const elementwise: ChannelRule = (node, trace) => {
  const names = node.inputs.filter((name) => name !== '');
  const axes = broadcast(names, node, trace);
  if (!axes) return 'the ranks of what it reads are not known';
  for (const output of node.outputs) trace.give(output, axes);
  return undefined;
};

/** The first input alone decides: the others hold settings. */
export const unary: ChannelRule = (node, trace) => {
  const axes = trace.axesOf(node.inputs[0] ?? '');
  if (!axes) return 'the rank of what it reads is not known';
  for (const output of node.outputs) trace.give(output, axes);
  return undefined;
};

/**
 * The axes of values that are broadcast against each other, without the last `inner` of each; `undefined` where a
 * rank is not known.
 */
export function broadcast(
  names: readonly string[],
  node: Node,
  trace: Trace,
  inner = 0,
): Axes | undefined {
  const all = names.map((name) => ({ name, axes: trace.axesOf(name)?.toSpliced(-inner, inner) }));
  const rank = Math.max(0, ...all.map(({ axes }) => axes?.length ?? Number.NaN));
  if (Number.isNaN(rank)) return undefined;
  return Array.from({ length: rank }, (_, axis) => {
    const wide = all.flatMap(({ name, axes }) => {
      const own = axis - rank + (axes?.length ?? 0);
      // What is 1 there is repeated for every channel.
      return own < 0 || trace.sizeOf(name, own) === 1 ? [] : [axes?.[own]];
    });
    return trace.join(wide, `${labelOf(node)} meets channels that have to stay`);
  });
}
