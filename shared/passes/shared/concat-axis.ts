/** Along which axis a Concat joins. */
import { intOf } from '../../onnx/attributes.ts';
import type { Node } from '../../onnx/model.ts';
import type { GraphContext } from '../../rewrite/graph-context.ts';
import { frontAxis } from './shapes.ts';

/** The axis from the front; `undefined` for another operator or where the rank is not known. */
export function concatAxis(node: Node, graph: GraphContext): number | undefined {
  if (node.opType !== 'Concat' || node.domain !== '') return undefined;
  const axis = intOf(node, 'axis', 1);
  const rank = graph.shapeOf(node.outputs[0] ?? '')?.length;
  if (axis >= 0) return axis;
  return rank === undefined ? undefined : frontAxis(axis, rank);
}
