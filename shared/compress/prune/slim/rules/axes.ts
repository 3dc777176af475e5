/** Axes of a node, from the front. */
import { intOf, intsOf } from '../../../../onnx/attributes.ts';
import type { Node } from '../../../../onnx/model.ts';
import { smallInts } from '../../../../rewrite/constants.ts';
import type { Trace } from '../trace.ts';

/** A negative axis counts from the end. */
export const backAxis = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** The `axis` of a node, or the one it has without. */
export const axisOf = (node: Node, rank: number, fallback: number): number =>
  backAxis(intOf(node, 'axis', fallback), rank);

/** Integers of an input; `undefined` for computed ones and where there is no such input. */
export function intsIn(node: Node, input: number, trace: Trace): readonly number[] | undefined {
  const name = node.inputs[input] ?? '';
  return name === '' ? undefined : smallInts(trace.context.constant(name));
}

/** Whether an optional input is there. */
export const hasInput = (node: Node, input: number): boolean => (node.inputs[input] ?? '') !== '';

/** The axes that an attribute or an input lists; `none`: where neither is there. */
export function axesListed(
  node: Node,
  input: number,
  rank: number,
  trace: Trace,
  none: readonly number[],
): readonly number[] | undefined {
  const given = intsOf(node, 'axes') ?? (hasInput(node, input) ? intsIn(node, input, trace) : none);
  return given?.map((axis) => backAxis(axis, rank));
}

/** A bound as a position from the front of an axis; negative ones count from the end. */
export const clampBound = (bound: number, size: number): number =>
  Math.max(0, Math.min(size, bound < 0 ? bound + size : bound));
