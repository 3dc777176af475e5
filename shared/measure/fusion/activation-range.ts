/** Whether the range of a QuantizeLinear makes the Relu or Clip before it needless. */
import type { Node } from '../../onnx/model.ts';
import { bitsOf, type QuantizedGraph } from './quantized-graph.ts';

/** Whether every value that the Q can represent passes the Relu or Clip unchanged. */
export function cutsNothing(graph: QuantizedGraph, activation: Node, quantizer: Node): boolean {
  const type = graph.quantizedType(quantizer);
  const scale = firstFloat(graph, quantizer.inputs[1]);
  const zero = firstInteger(graph, quantizer.inputs[2], type);
  const bits = bitsOf(type);
  if (scale === undefined || zero === undefined || bits > 16) return false;
  const lowest = type.startsWith('u') ? 0 : -(2 ** (bits - 1));
  const low = (lowest - zero) * scale;
  const high = (lowest + 2 ** bits - 1 - zero) * scale;
  if (activation.opType === 'Relu') return low >= 0;
  const [, lowInput, highInput] = activation.inputs;
  const min = lowInput ? firstFloat(graph, lowInput) : Number.NEGATIVE_INFINITY;
  const max = highInput ? firstFloat(graph, highInput) : Number.POSITIVE_INFINITY;
  return min !== undefined && max !== undefined && min <= low && max >= high;
}

function firstFloat(graph: QuantizedGraph, name: string | undefined): number | undefined {
  const bytes = name === undefined ? undefined : graph.smallConstant(name);
  if (bytes === undefined || bytes.length < 4) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);
}

function firstInteger(
  graph: QuantizedGraph,
  name: string | undefined,
  type: string,
): number | undefined {
  if (!name) return 0;
  const bytes = graph.smallConstant(name);
  if (bytes === undefined || bytes.length === 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (bitsOf(type) === 8) return type === 'int8' ? view.getInt8(0) : view.getUint8(0);
  return type === 'int16' ? view.getInt16(0, true) : view.getUint16(0, true);
}
