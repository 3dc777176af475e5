/** Numbers in a graph: constants of one element, bounds of Clip. */
import { floatOf } from '../../onnx/attributes.ts';
import type { Node } from '../../onnx/model.ts';
import { scalarValue } from '../../rewrite/constants.ts';
import type { GraphContext } from '../../rewrite/graph-context.ts';
import type { Match } from '../../rewrite/match.ts';
import { broadcastsInto } from './shapes.ts';

/**
 * The number that a constant of the match holds, when it has one element and does not give the value
 * named `beside` more dimensions than it has.
 */
export function scalarOf(
  match: Match,
  name: string,
  beside: string,
  context: GraphContext,
): number | undefined {
  const tensor = match.constant(name);
  if (!broadcastsInto(tensor.dims, context.shapeOf(match.value(beside)))) return undefined;
  return scalarValue(tensor);
}

/** Whether two numbers are the same to the precision in which float32 models hold them. */
export function isNear(one: number, other: number): boolean {
  return Math.abs(one - other) <= 1e-6 * Math.abs(other);
}

/** The opset from which Clip takes its bounds as inputs. */
const BOUNDS_AS_INPUTS = 11;

/** The bounds of a Clip, infinite where it has none; `undefined` where they are computed. */
export function clipBounds(
  node: Node,
  context: GraphContext,
): { readonly min: number; readonly max: number } | undefined {
  if (context.opset < BOUNDS_AS_INPUTS)
    return { min: floatOf(node, 'min', -Infinity), max: floatOf(node, 'max', Infinity) };
  const bound = (position: number, absent: number): number | undefined => {
    const name = node.inputs[position] ?? '';
    if (name === '') return absent;
    const tensor = context.constant(name);
    return tensor && scalarValue(tensor);
  };
  const [min, max] = [bound(1, -Infinity), bound(2, Infinity)];
  return min === undefined || max === undefined ? undefined : { min, max };
}
