/** Constant bounds of a Slice, of any opset. */
import { intsOf } from '../../onnx/attributes.ts';
import type { Node } from '../../onnx/model.ts';
import { smallInts } from '../../rewrite/constants.ts';
import type { GraphContext } from '../../rewrite/graph-context.ts';

/** What a Slice takes along one axis; `axis` may be negative, bounds as the node gives them. */
export interface SlicePart {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** The parts of a Slice whose bounds are constant, else `undefined`. */
export function sliceOf(node: Node, context: GraphContext): readonly SlicePart[] | undefined {
  const input = (position: number): readonly number[] | undefined =>
    smallInts(context.constant(node.inputs[position] ?? ''));
  const isGiven = (position: number): boolean => (node.inputs[position] ?? '') !== '';
  const starts = intsOf(node, 'starts') ?? input(1);
  const ends = intsOf(node, 'ends') ?? input(2);
  const axes = isGiven(3) ? input(3) : (intsOf(node, 'axes') ?? starts?.map((_, axis) => axis));
  const steps = isGiven(4) ? input(4) : starts?.map(() => 1);
  if (!starts || !ends || !axes || !steps) return undefined;
  if (ends.length !== starts.length || axes.length !== starts.length) return undefined;
  return starts.map((start, index) => ({
    axis: axes[index] ?? 0,
    start,
    end: ends[index] ?? 0,
    step: steps[index] ?? 1,
  }));
}
