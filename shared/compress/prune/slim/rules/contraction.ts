/** MatMul and Gemm: sums over channels. */
import { intOf } from '../../../../onnx/attributes.ts';
import type { Node } from '../../../../onnx/model.ts';
import { type Axes, labelOf, type Trace } from '../trace.ts';
import { broadcast } from './broadcast.ts';
import { rootOf, weightOf } from './root-of.ts';
import type { ChannelRule } from './rule.ts';

/** An input of a product and its axes: `sum` is gone after it. */
interface Factor {
  readonly input: number;
  readonly axes: Axes;
  readonly sum: number;
  readonly free: number;
}

export const matMul: ChannelRule = (node, trace) => {
  const [a, b] = node.inputs.map((name) => trace.axesOf(name));
  if (!a || !b) return 'the ranks of what it reads are not known';
  if (a.length < 2 || b.length < 2) return 'it multiplies by a vector';
  const left = { input: 0, axes: a, sum: a.length - 1, free: a.length - 2 };
  const right = { input: 1, axes: b, sum: b.length - 2, free: b.length - 1 };
  multiply(node, left, right, trace);
  const outer = broadcast(node.inputs, node, trace, 2) ?? [];
  trace.give(node.outputs[0], [...outer, a[left.free], b[right.free]]);
  return undefined;
};

export const gemm: ChannelRule = (node, trace) => {
  const [a, b] = node.inputs.map((name) => trace.axesOf(name));
  if (a?.length !== 2 || b?.length !== 2) return 'the ranks of what it reads are not known';
  const [turnsA, turnsB] = [intOf(node, 'transA', 0), intOf(node, 'transB', 0)];
  const left = { input: 0, axes: a, sum: 1 - turnsA, free: turnsA };
  const right = { input: 1, axes: b, sum: turnsB, free: 1 - turnsB };
  multiply(node, left, right, trace);
  const output = [a[left.free], b[right.free]];
  const addend = node.inputs[2] ?? '';
  if (addend !== '') joinAddend(addend, output, node, trace);
  trace.give(node.outputs[0], output);
  return undefined;
};

/** What is added is broadcast to the product, never the other way round. */
function joinAddend(name: string, output: Axes, node: Node, trace: Trace): void {
  const axes = trace.axesOf(name);
  const reason = `${labelOf(node)} adds what has to stay`;
  output.forEach((labels, axis) => {
    if (!axes) trace.keep(labels, reason);
    const own = axis - output.length + (axes?.length ?? 0);
    if (own >= 0 && trace.sizeOf(name, own) !== 1) trace.join([labels, axes?.[own]], reason);
  });
}

/** Joins what is summed over, and says which axes are made by weights. */
function multiply(node: Node, left: Factor, right: Factor, trace: Trace): void {
  const labels = trace.join(
    [left.axes[left.sum], right.axes[right.sum]],
    `${labelOf(node)} sums over channels that have to stay`,
  );
  const roots = [left, right].map(({ input }) => rootOf(node.inputs[input] ?? '', trace));
  [left, right].forEach(({ axes, free }, index) => {
    if (roots[index] !== undefined) trace.makes(node, axes[free]);
  });
  const [data, other] = roots[0] === undefined ? [left, right] : [right, left];
  // Of two constants there is nothing to be masked.
  if (!labels || roots[data.input] !== undefined) return;
  const weight = weightOf(node.inputs[other.input] ?? '', other.axes[other.sum], trace);
  trace.contractions.push({ node, input: data.input, axis: data.sum, labels, ...weight });
}
