/**
 * Softmax, LogSoftmax and Hardmax until 12 flatten their input to two dimensions at `axis` (default 1)
 * and work on the second; from 13 on they work along `axis` (default the last) alone.
 */
import { intOf } from '../../onnx/attributes.ts';
import { makeNode } from '../../onnx/make-node.ts';
import type { Node } from '../../onnx/model.ts';
import type { Adapter, AdapterTable } from './adapter.ts';

/** Softmax₁₂(x; axis) → Reshape(Softmax₁₃(Flatten(x; axis); −1), Shape(x)), or Softmax₁₃(x; axis) where both are the same. */
const softmax: Adapter = (node, context) => {
  const [data = ''] = node.inputs;
  const [result = ''] = node.outputs;
  const axis = intOf(node, 'axis', 1);
  const shape = context.shapeOf(data);
  const rank = shape?.length;
  const behind = axis < 0 ? axis + (rank ?? 0) : axis;
  const isLast = axis === -1 || shape?.slice(behind + 1).every((dim) => dim === 1);
  if (isLast) return [withAxis(node, axis)];
  const [flat, soft, dims] = ['flat', 'soft', 'shape'].map((part) =>
    context.freshName(`${result}_${part}`),
  ) as [string, string, string];
  return [
    makeNode('Shape', [data], [dims]),
    makeNode('Flatten', [data], [flat], { axis }),
    withAxis({ ...node, inputs: [flat], outputs: [soft] }, -1),
    makeNode('Reshape', [soft, dims], [result]),
  ];
};

function withAxis(node: Node, axis: number): Node {
  return { ...node, attributes: new Map([['axis', { type: 'int', value: axis }]]) };
}

export const SOFTMAX_AXIS: AdapterTable = {
  Hardmax: { 13: softmax },
  LogSoftmax: { 13: softmax },
  Softmax: { 13: softmax },
};
