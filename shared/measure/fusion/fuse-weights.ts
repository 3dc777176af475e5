/** Ops of which only the weights are quantized: onnxruntime has MatMulNBits, and otherwise floats. */
import type { ElementType } from '../../onnx/element-type.ts';
import type { Node } from '../../onnx/model.ts';
import type { Fusion } from './fuse-node.ts';
import { bitsOf, type Dequantized, type QuantizedGraph } from './quantized-graph.ts';

/** Ops whose weights alone are quantized: MatMulNBits where the layout allows it. */
export function fuseWeights(
  graph: QuantizedGraph,
  node: Node,
  weights: readonly (Dequantized | undefined)[],
): Fusion {
  const [found] = weights;
  const weight = found?.weight;
  if (found === undefined || weight === undefined) return { kind: 'plain' };
  const reason = refuseNBits(graph, node, found.node, weight.type, weight.dims.length);
  return reason === undefined
    ? { kind: 'fused', bits: bitsOf(weight.type) }
    : { kind: 'not-fused', reason };
}

function refuseNBits(
  graph: QuantizedGraph,
  node: Node,
  dequantizer: Node,
  type: ElementType,
  rank: number,
): string | undefined {
  const atEveryRun = `its ${type} weights become floats again at every run`;
  const isWeight = graph.dequantized(node.inputs[1] ?? '')?.node === dequantizer;
  if (node.opType !== 'MatMul' && node.opType !== 'Gemm') return atEveryRun;
  if (!isWeight || rank !== 2) return `${atEveryRun}: they are no matrix on the right`;
  if (bitsOf(type) > 8) return `${atEveryRun}: no kernel has ${type}`;
  const transposed = node.attributes.get('transB');
  if (transposed?.type === 'int' && Number(transposed.value) !== 0) {
    return `${atEveryRun}: Gemm transposes them`;
  }
  if (graph.onlyQuantizer(node.outputs[0] ?? '') !== undefined) {
    return `${atEveryRun}: a Q follows while no DQ precedes`;
  }
  const blockSize = intAttribute(dequantizer, 'block_size') ?? 0;
  const axis = intAttribute(dequantizer, 'axis') ?? 1;
  if (blockSize > 0) {
    const isPower = blockSize >= 16 && (blockSize & (blockSize - 1)) === 0;
    return axis === 0 && isPower
      ? undefined
      : `${atEveryRun}: blocks of ${blockSize} along axis ${axis}`;
  }
  const scaleRank = graph.constant(dequantizer.inputs[1] ?? '')?.dims.length ?? 0;
  const isPerChannel = scaleRank > 0;
  return isPerChannel && axis !== 1 && axis !== -1
    ? `${atEveryRun}: scales along axis ${axis} instead of 1`
    : undefined;
}

function intAttribute(node: Node, name: string): number | undefined {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'int' ? Number(attribute.value) : undefined;
}
