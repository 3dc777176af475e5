/** A Pad of any opset, read. */
import { floatOf, intsOf, stringOf } from '../../onnx/attributes.ts';
import type { Node } from '../../onnx/model.ts';
import { scalarValue, smallInts } from '../../rewrite/constants.ts';
import type { GraphContext } from '../../rewrite/graph-context.ts';
import { type Refusal, refuse } from '../../rewrite/refusal.ts';
import { frontAxis } from './shapes.ts';

/** How much a Pad adds at each end of each axis, and what it fills with. */
export interface Padding {
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  readonly value: number;
}

/** The opset from which Pad takes its amounts as inputs. */
export const AMOUNTS_AS_INPUTS = 11;

/** What a Pad does, or why that is not known or no constant border. */
export function paddingOf(node: Node, context: GraphContext): Padding | Refusal {
  const mode = stringOf(node, 'mode', 'constant');
  if (mode !== 'constant') return refuse(`its border is no constant: mode ${mode}`, node);
  const value = fillOf(node, context);
  if (value === undefined) return refuse('what it fills with is computed', node);
  const amounts = amountsOf(node, context);
  if (!amounts) return refuse('its amounts are computed, or for axes of unknown place', node);
  const rank = amounts.length / 2;
  return { begins: amounts.slice(0, rank), ends: amounts.slice(rank), value };
}

function fillOf(node: Node, context: GraphContext): number | undefined {
  if (context.opset < AMOUNTS_AS_INPUTS) return floatOf(node, 'value', 0);
  const name = node.inputs[2] ?? '';
  if (name === '') return 0;
  const tensor = context.constant(name);
  return tensor && scalarValue(tensor);
}

/** For every axis: all begins, then all ends. */
function amountsOf(node: Node, context: GraphContext): readonly number[] | undefined {
  const given = intsOf(node, 'pads') ?? smallInts(context.constant(node.inputs[1] ?? ''));
  const axesName = node.inputs[3] ?? '';
  if (axesName === '' || !given) return given;
  const axes = smallInts(context.constant(axesName));
  const rank = context.shapeOf(node.inputs[0] ?? '')?.length;
  if (!axes || rank === undefined || given.length !== 2 * axes.length) return undefined;
  const all = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, index) => {
    const place = frontAxis(axis, rank);
    all[place] = given[index] ?? 0;
    all[rank + place] = given[axes.length + index] ?? 0;
  });
  return all;
}
