/** Slices that together take a value apart along one axis are one Split. */

import { makeNode } from '../onnx/make-node.ts';
import { int64Tensor } from '../onnx/make-tensor.ts';
import type { Node } from '../onnx/model.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Pass } from '../rewrite/pass.ts';
import { frontAxis } from './shared/shapes.ts';
import { sliceOf } from './shared/slice.ts';

export const splitSlices: Pass = {
  name: 'split-slices',
  identity: 'Slice(x; 0 : a), Slice(x; a : n) = Split(x; a, n − a), where n is known',
  needsTypes: true,
  run: (work) => work.editGraphs(merge),
};

/** One Slice along one axis of known size. */
interface Part {
  readonly node: Node;
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

function merge(graph: GraphContext): void {
  const { editor } = graph;
  const parts = new Map<string, Part[]>();
  for (const node of editor.nodes()) {
    const part = node.opType === 'Slice' && node.domain === '' ? partOf(node, graph) : undefined;
    if (!part) continue;
    const key = `${part.axis} ${node.inputs[0]}`;
    parts.set(key, [...(parts.get(key) ?? []), part]);
  }
  for (const group of parts.values()) {
    const size = graph.shapeOf(group[0]?.node.inputs[0] ?? '')?.[group[0]?.axis ?? 0];
    const ordered = group.toSorted((a, b) => a.start - b.start);
    if (ordered.length > 1 && ordered[0]?.start === 0 && isWhole(ordered, size))
      split(ordered, graph);
  }
}

function partOf(node: Node, graph: GraphContext): Part | undefined {
  const [part, ...others] = sliceOf(node, graph) ?? [];
  const shape = graph.shapeOf(node.inputs[0] ?? '');
  if (!part || others.length > 0 || part.step !== 1 || !shape) return undefined;
  const axis = frontAxis(part.axis, shape.length);
  const size = shape[axis];
  if (typeof size !== 'number') return undefined;
  const at = (bound: number): number =>
    Math.max(0, Math.min(size, bound < 0 ? bound + size : bound));
  return { node, axis, start: at(part.start), end: at(part.end) };
}

/** Whether the parts, in order, meet without gap or overlap and end where the value does. */
function isWhole(parts: readonly Part[], size: unknown): boolean {
  return parts.every(
    ({ start, end }, index) => start < end && end === (parts[index + 1]?.start ?? size),
  );
}

/** The opset from which Split takes its sizes as an input. */
const SIZES_AS_INPUT = 13;

function split(parts: readonly Part[], { editor, opset }: GraphContext): void {
  const first = [...editor.nodes()].find((node) => parts.some((part) => part.node === node));
  const [part] = parts;
  if (!first || !part) return;
  const data = first.inputs[0] ?? '';
  const outputs = parts.map(({ node }) => node.outputs[0] ?? '');
  const sizes = parts.map(({ start, end }) => end - start);
  const { axis, node } = part;
  for (const { node: slice } of parts) if (slice !== first) editor.remove(slice);
  if (opset < SIZES_AS_INPUT) {
    editor.replace(first, makeNode('Split', [data], outputs, { axis, split: sizes }, node.name));
    return;
  }
  const name = editor.freshName(`${data}_split`);
  const constant = editor.addInitializer(int64Tensor(name, [sizes.length], sizes));
  editor.replace(first, makeNode('Split', [data, constant], outputs, { axis }, node.name));
}
