/** The node that gives a value another shape, where that shape can be written down. */

import { makeNode } from '../../onnx/make-node.ts';
import { int64Tensor } from '../../onnx/make-tensor.ts';
import type { Node } from '../../onnx/model.ts';
import { isSameSize, type Size } from '../../rewrite/dims/size.ts';
import type { GraphContext } from '../../rewrite/graph-context.ts';

/** How to get from one shape to another with the same elements in the same order. */
export type Reshaping =
  | { readonly kind: 'same' }
  /** Axes of 1 put in, by their place in the result. */
  | { readonly kind: 'unsqueeze'; readonly axes: readonly number[] }
  /** Axes of 1 taken out, by their place in the input. */
  | { readonly kind: 'squeeze'; readonly axes: readonly number[] }
  /** 0 copies the input's size, −1 is what is left. */
  | { readonly kind: 'reshape'; readonly shape: readonly number[] }
  | { readonly kind: 'unknown'; readonly reason: string };

/** How `from` becomes `to`, without a size that only the run tells. An empty input stays right too. */
export function reshaping(from: readonly Size[], to: readonly Size[]): Reshaping {
  const isStatic = to.every((size) => typeof size === 'number');
  if (from.length === to.length && to.every((size, axis) => isSameSize(size, from[axis])))
    return { kind: 'same' };
  if (!isStatic) {
    const added = extraOnes(to, from);
    if (added) return { kind: 'unsqueeze', axes: added };
    const removed = extraOnes(from, to);
    if (removed) return { kind: 'squeeze', axes: removed };
  }
  const shape = to.map((size, axis) => {
    if (typeof size === 'number') return size;
    return isSameSize(size, from[axis]) ? 0 : undefined;
  });
  const open = shape.filter((size) => size === undefined).length;
  // A size that is 0 for good would be read as a copy.
  if (to.includes(0)) return { kind: 'unknown', reason: 'one of its sizes is 0' };
  if (open > 1)
    return { kind: 'unknown', reason: `${open} of its sizes are known only when it runs` };
  // With an empty batch −1 has no answer, where the computed shape had one.
  if (open === 1 && shape.includes(0))
    return {
      kind: 'unknown',
      reason: 'two of its sizes are known only when it runs, and either could be 0',
    };
  return { kind: 'reshape', shape: shape.map((size) => size ?? -1) };
}

/** The places of ones in `longer` without which it is `shorter`. */
function extraOnes(longer: readonly Size[], shorter: readonly Size[]): number[] | undefined {
  const axes: number[] = [];
  let next = 0;
  longer.forEach((size, axis) => {
    if (next < shorter.length && isSameSize(size, shorter[next])) next++;
    else axes.push(axis);
  });
  const isExtra = next === shorter.length && axes.every((axis) => longer[axis] === 1);
  return isExtra && axes.length > 0 ? axes : undefined;
}

/** The opset from which Squeeze and Unsqueeze take axes as an input. */
const AXES_AS_INPUT = 13;

/** The node that does it; its constants are added to the graph. */
export function reshapeNode(
  data: string,
  output: string,
  how: Exclude<Reshaping, { kind: 'same' | 'unknown' }>,
  name: string,
  { editor, opset }: GraphContext,
): Node {
  const constant = (hint: string, values: readonly number[]): string =>
    editor.addInitializer(
      int64Tensor(editor.freshName(`${output}_${hint}`), [values.length], values),
    );
  if (how.kind === 'reshape')
    return makeNode('Reshape', [data, constant('shape', how.shape)], [output], {}, name);
  const opType = how.kind === 'squeeze' ? 'Squeeze' : 'Unsqueeze';
  return opset < AXES_AS_INPUT
    ? makeNode(opType, [data], [output], { axes: how.axes }, name)
    : makeNode(opType, [data, constant('axes', how.axes)], [output], {}, name);
}
