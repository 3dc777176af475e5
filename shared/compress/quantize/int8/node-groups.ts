/** Which ops besides the weighted ones can work on integers, and how they treat the scale. */
import type { GraphEditor } from '../../../onnx/graph-editor.ts';
import type { Node } from '../../../onnx/model.ts';
import { floatValues } from '../../../onnx/tensor-data.ts';

/**
 * Groups that are quantized together or not at all, as their damage is measured together. All have
 * integer kernels in onnxruntime.
 */
export const ELEMENTWISE_GROUPS = {
  /** Sums of two computed values: residual connections. Not the constants of decomposed activations. */
  residual: ['Add'],
  product: ['Mul'],
  pool: ['AveragePool', 'GlobalAveragePool'],
  concat: ['Concat'],
  activation: ['LeakyRelu', 'Sigmoid', 'Softmax'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type ElementwiseGroup = keyof typeof ELEMENTWISE_GROUPS;

/**
 * The group of a node; none for what has no integer kernel or works with a constant operand. Concat may:
 * a block of zeros stands for a Pad of channels.
 */
export function groupOf(graph: GraphEditor, node: Node): ElementwiseGroup | undefined {
  if (node.domain !== '' || node.inputs.includes('')) return undefined;
  const constants = node.inputs.flatMap((input) => graph.constant(input) ?? []);
  const mayHaveSome = node.opType === 'Concat' && constants.length < node.inputs.length;
  if (constants.some(({ type }) => !mayHaveSome || type !== 'float32')) return undefined;
  return (Object.keys(ELEMENTWISE_GROUPS) as ElementwiseGroup[]).find((group) =>
    (ELEMENTWISE_GROUPS[group] as readonly string[]).includes(node.opType),
  );
}

/** Ops that move elements, or choose among them: input and output have one scale. */
const PASS_THROUGH = new Set([
  'Expand',
  'Flatten',
  'Gather',
  'MaxPool',
  'Reshape',
  'Slice',
  'Squeeze',
  'Tile',
  'Transpose',
  'Unsqueeze',
]);

/** Whether onnxruntime drops the Q and DQ around the node, so that it runs on integers with its input's scale. */
export function passesThrough(graph: GraphEditor, node: Node, opset: number): boolean {
  if (node.domain !== '' || !PASS_THROUGH.has(node.opType)) return false;
  if (node.opType === 'MaxPool' && (opset < 12 || node.outputs.length > 1)) return false;
  return graph.constant(node.inputs[0] ?? '') === undefined;
}

/** The bounds to which a Relu or Clip clamps; nothing for other nodes, or for bounds that are computed. */
export function clampOf(
  graph: GraphEditor,
  node: Node,
): { readonly min: number; readonly max: number } | undefined {
  if (node.domain !== '') return undefined;
  if (node.opType === 'Relu') return { min: 0, max: Number.POSITIVE_INFINITY };
  if (node.opType !== 'Clip') return undefined;
  const bound = (index: number, name: string, byDefault: number): number | undefined => {
    const attribute = node.attributes.get(name);
    if (attribute?.type === 'float') return attribute.value;
    const input = node.inputs[index] ?? '';
    if (input === '') return byDefault;
    const tensor = graph.constant(input);
    return tensor?.type === 'float32' ? floatValues(tensor)[0] : undefined;
  };
  const min = bound(1, 'min', Number.NEGATIVE_INFINITY);
  const max = bound(2, 'max', Number.POSITIVE_INFINITY);
  // 0 has a code of its own in every grid: a clamp that excludes it cannot be made by saturation.
  return min === undefined || max === undefined || min > 0 || max < 0 ? undefined : { min, max };
}
