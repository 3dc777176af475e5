/** Trained weights as they lie in the file: codes of 8 or 4 bits by channel, and what makes the values of them that a kernel reads. */
import type { Hardware } from '../../../base/hardware.ts';
import { ELEMENT_TYPES } from '../../../onnx/element-type.ts';
import type { GraphEditor } from '../../../onnx/graph-editor.ts';
import { makeNode } from '../../../onnx/make-node.ts';
import { bytesOf, float32Tensor, rawTensor } from '../../../onnx/make-tensor.ts';
import type { Node } from '../../../onnx/model.ts';
import { briefName } from '../brief-name.ts';
import { addDequantized, addIntegerWeights, addNamed } from '../int8/integer-weights.ts';
import type { RoundedWeights } from '../int8/numbers/round-weights.ts';
import { inTensorOrder, type WeightedNode } from '../int8/weighted-nodes.ts';
import { packNibbles } from '../weights/kernels/pack-nibbles.ts';

/** Types of 4 bits came with it. */
export const INT4_OPSET = 21;

/** A node, its weights and the codes for them. */
export interface TrainedCodes {
  readonly graph: GraphEditor;
  /** The node as it stands in the graph now. */
  readonly node: Node;
  readonly weighted: WeightedNode;
  /** What the float weights were called. */
  readonly name: string;
  readonly rounded: RoundedWeights;
  readonly bits: 4 | 8;
}

/**
 * For a node that reads integers. Codes of 4 bits are made 8 by a Cast, which onnxruntime does once when it loads
 * the model, so that it finds the integers that its kernels are made for; TensorRT reads them as they are.
 */
export function addTrainedIntegers(of: TrainedCodes, hardware: Hardware): string {
  const { graph, node, weighted, name, rounded, bits } = of;
  if (bits === 8) return addIntegerWeights(graph, node, name, weighted, rounded);
  const brief = briefName(name);
  const codes = addCodes(of);
  if (hardware === 'cuda')
    return addDequantized(graph, node, brief, codes, rounded.scales, 'int4', weighted.axis);
  const wide = graph.freshName(`${brief}_q`);
  const to = ELEMENT_TYPES.int8.code;
  graph.insertBefore(node, makeNode('Cast', [codes], [wide], { to }));
  return addDequantized(graph, node, brief, wide, rounded.scales, 'int8', weighted.axis);
}

/** For a node that reads reals: Cast and Mul, which runtimes fold when they load. */
export function addTrainedReals(of: TrainedCodes): string {
  const { graph, node, weighted, name, rounded } = of;
  const brief = briefName(name);
  const { dims } = weighted.weight;
  const scaleDims = dims.map((dim, axis) => (axis === weighted.axis ? dim : 1));
  const codes = addCodes(of);
  const scales = addNamed(graph, `${brief}_scale`, float32Tensor('', scaleDims, rounded.scales));
  const cast = graph.freshName(`${brief}_cast`);
  const output = graph.freshName(`${brief}_dq`);
  graph.insertBefore(
    node,
    makeNode('Cast', [codes], [cast], { to: ELEMENT_TYPES.float32.code }),
    makeNode('Mul', [cast, scales], [output]),
  );
  return output;
}

function addCodes({ graph, weighted, name, rounded, bits }: TrainedCodes): string {
  const codes = inTensorOrder(weighted, rounded.codes);
  const { dims } = weighted.weight;
  const brief = briefName(name);
  if (bits === 8)
    return addNamed(graph, `${brief}_int8`, rawTensor('', 'int8', dims, bytesOf(codes)));
  // Two's complement: the low four bits of a code are the code.
  const nibbles = Uint8Array.from(codes, (code) => code & 15);
  const packed = packNibbles(nibbles, nibbles.length);
  return addNamed(graph, `${brief}_int4`, rawTensor('', 'int4', dims, packed));
}
