/** A MatMul or Gemm written with another product: Gemm's third input becomes an Add. */

import { makeNode } from '../../../../onnx/make-node.ts';
import type { Node } from '../../../../onnx/model.ts';
import type { FormContext } from './form.ts';

/** Replaces the node by `write(left input, product's name, node's name)`, and an Add where it has a bias. */
export function replaceProduct(
  { graph, node }: FormContext,
  write: (input: string, output: string, name: string) => readonly Node[],
): void {
  const [input = '', , bias = ''] = node.inputs;
  const [output = ''] = node.outputs;
  if (node.opType !== 'Gemm' || bias === '') {
    graph.replace(node, ...write(input, output, node.name));
    return;
  }
  const product = graph.freshName(`${output}_product`);
  graph.replace(
    node,
    ...write(input, product, node.name),
    makeNode('Add', [product, bias], [output]),
  );
}
