/** Weights and biases as integer initializers behind DequantizeLinear, as integer kernels read them. */
import { rawByteLength } from '../../../onnx/element-type.ts';
import type { GraphEditor } from '../../../onnx/graph-editor.ts';
import { makeNode } from '../../../onnx/make-node.ts';
import { bytesOf, float32Tensor, rawTensor } from '../../../onnx/make-tensor.ts';
import type { Node } from '../../../onnx/model.ts';
import type { StoredTensor } from '../../../onnx/stored-tensor.ts';
import { floatValues } from '../../../onnx/tensor-data.ts';
import { briefName } from '../brief-name.ts';
import type { Int8Policy } from './int8-policy.ts';
import { biasCodes, leastWeightScales } from './numbers/bias.ts';
import type { RoundedWeights } from './numbers/round-weights.ts';
import { type PreparedWeights, quantizeWeights } from './quantize-weights.ts';
import { inTensorOrder, type WeightedNode } from './weighted-nodes.ts';

/** Of DequantizeLinear. */
const DEFAULT_AXIS = 1;

/** A node whose weights are to be written, and what is known of it. */
export interface WeightSite {
  readonly graph: GraphEditor;
  /** As it stands in the graph now. */
  readonly node: Node;
  readonly weighted: WeightedNode;
  /** The step of its quantized input. */
  readonly inputScale: number;
  readonly policy: Int8Policy;
  /** Weights that were rounded beforehand. */
  readonly prepared?: PreparedWeights;
}

/** Adds what the node reads in place of its weights and its bias; gives the names. */
export type WriteWeights = (site: WeightSite) => readonly string[];

/** Weights in 8 bits, biases in 32 where the policy wants that. */
export const writeIntegerWeights: WriteWeights = (site) => {
  const { graph, node, weighted, inputScale, policy, prepared } = site;
  const bias = prepared?.bias ?? (weighted.bias === null ? undefined : floatValues(weighted.bias));
  const least = bias && policy.quantizesBias ? leastWeightScales(bias, inputScale) : undefined;
  const fits =
    prepared && (!least || least.every((scale, row) => (prepared.scales[row] ?? 0) >= scale));
  const rounded = fits
    ? prepared
    : quantizeWeights(weighted, policy.weights, { ...(least ? { least } : {}) });
  const name = weighted.weight.name || `${weighted.ref.name}_weight`;
  const weights = addIntegerWeights(graph, node, name, weighted, rounded);
  if (bias === undefined) return [weights];
  const biasName = weighted.bias?.name || `${weighted.ref.name}_bias`;
  if (policy.quantizesBias)
    return [weights, addIntegerBias(graph, node, biasName, bias, inputScale, rounded.scales)];
  const fresh = graph.freshName(`${biasName}_corrected`);
  return [weights, graph.addInitializer(float32Tensor(fresh, [bias.length], bias))];
};

/** Codes of 8 bits, an output channel a row, dequantized before the node. */
export function addIntegerWeights(
  graph: GraphEditor,
  before: Node,
  name: string,
  weighted: WeightedNode,
  { codes, scales }: RoundedWeights,
): string {
  const { weight, axis } = weighted;
  const tensor = rawTensor('', 'int8', weight.dims, bytesOf(inTensorOrder(weighted, codes)));
  const brief = briefName(name);
  const quantized = addNamed(graph, `${brief}_q`, tensor);
  return addDequantized(graph, before, brief, quantized, scales, 'int8', axis);
}

/** A bias in 32 bits, whose scale is the product of the input's and the weights'. */
export function addIntegerBias(
  graph: GraphEditor,
  before: Node,
  name: string,
  bias: Float32Array,
  inputScale: number,
  weightScales: Float32Array,
): string {
  const { codes, scales } = biasCodes(bias, inputScale, weightScales);
  const brief = briefName(name);
  const tensor = rawTensor('', 'int32', [codes.length], bytesOf(codes));
  const quantized = addNamed(graph, `${brief}_q`, tensor);
  return addDequantized(graph, before, brief, quantized, scales, 'int32', 0);
}

/** The DequantizeLinear that a kernel fuses; gives the name of the reals. */
export function addDequantized(
  graph: GraphEditor,
  before: Node,
  brief: string,
  quantized: string,
  scales: Float32Array,
  type: 'int4' | 'int8' | 'int32',
  axis: number,
): string {
  const inputs = [
    quantized,
    addNamed(graph, `${brief}_scale`, float32Tensor('', [scales.length], scales)),
  ];
  // Zero points are 0 without being said. Kernels of products ask for those of weights, other kernels do not.
  if (type !== 'int32' && before.opType !== 'Conv') {
    const bytes = new Uint8Array(rawByteLength(type, scales.length));
    const zeros = rawTensor('', type, [scales.length], bytes);
    inputs.push(addNamed(graph, `${brief}_zp`, zeros));
  }
  const output = graph.freshName(`${brief}_dq`);
  const attributes = axis === DEFAULT_AXIS ? {} : { axis };
  graph.insertBefore(before, makeNode('DequantizeLinear', inputs, [output], attributes));
  return output;
}

/** Adds a tensor under a name that nothing has; gives the name. */
export function addNamed(graph: GraphEditor, hint: string, tensor: StoredTensor): string {
  return graph.addInitializer({ ...tensor, name: graph.freshName(hint) });
}
