/** Whether one op of a quantized graph will run on integers, and if not, why. */

import { ELEMENT_TYPES, type ElementType } from '../../onnx/element-type.ts';
import type { Node } from '../../onnx/model.ts';
import { FUSION_RULES, type FusionRule } from './fusion-rules.ts';
import type { Dequantized, QuantizedGraph } from './quantized-graph.ts';

export type Fusion =
  /** No Q/DQ pair was put around it. */
  | { readonly kind: 'plain' }
  /** Runs on integers of so many bits: of its weights where only they are quantized, else of its activations. */
  | { readonly kind: 'fused'; readonly bits: number }
  /** Was to be quantized, and runs in float between conversions. */
  | { readonly kind: 'not-fused'; readonly reason: string };

/** What will become of an op, by the rules of onnxruntime's CPU provider. */
export function fuseNode(graph: QuantizedGraph, node: Node): Fusion {
  const inputs = node.inputs.map((name) => graph.dequantized(name));
  const activations = inputs.filter((input) => input !== undefined && input.weight === undefined);
  const weights = inputs.filter((input) => input?.weight !== undefined);
  const quantizers = node.outputs.map((name) => quantizerBehind(graph, name));
  const isSandwiched =
    activations.length > 0 && quantizers.every((found) => found.node !== undefined);
  if (weights.length === 0 && !isSandwiched && !passesThrough(graph, node, activations)) {
    return { kind: 'plain' };
  }
  const rule = node.domain === '' ? FUSION_RULES.get(node.opType) : undefined;
  if (activations.length === 0) return fuseWeights(graph, node, weights);
  if (rule === undefined) return refused(`${node.opType} has no integer kernel`);
  const reason =
    refuseInputs(graph, node, rule, inputs) ??
    refuseAttributes(node) ??
    refuseOutputs(graph, rule, activations, quantizers);
  if (reason !== undefined) return refused(reason);
  const type = graph.quantizedType((activations[0] ?? inputs[0])?.node ?? node);
  return { kind: 'fused', bits: bitsOf(type) };
}

const refused = (reason: string): Fusion => ({ kind: 'not-fused', reason });

/** An op that moves integers also without a Q behind it: the DQ goes behind it. */
function passesThrough(
  graph: QuantizedGraph,
  node: Node,
  activations: readonly (Dequantized | undefined)[],
): boolean {
  const rule = FUSION_RULES.get(node.opType);
  return (
    activations.length > 0 &&
    rule !== undefined &&
    !rule.needsQuantizedOutput &&
    rule.kind !== 'integer' &&
    node.inputs[0] !== undefined &&
    graph.dequantized(node.inputs[0]) !== undefined
  );
}

function refuseInputs(
  graph: QuantizedGraph,
  node: Node,
  rule: FusionRule,
  inputs: readonly (Dequantized | undefined)[],
): string | undefined {
  const used = rule.quantizedInputs === 'first' ? inputs.slice(0, 1) : inputs;
  for (const [position, input] of used.entries()) {
    if (input === undefined) {
      // A float bias is quantized by onnxruntime itself.
      const isBias = (node.opType === 'Conv' || node.opType === 'Gemm') && position === 2;
      if (isBias && graph.constant(node.inputs[2] ?? '') !== undefined) continue;
      if (node.opType === 'Where' && position === 0) continue;
      return `its input "${node.inputs[position]}" is not quantized`;
    }
    const type = input.weight?.type ?? graph.quantizedType(input.node);
    const isBias = (node.opType === 'Conv' || node.opType === 'Gemm') && position === 2;
    if (isBias) {
      if (type !== 'int32') return `its bias is ${type}, not int32`;
      continue;
    }
    if (bitsOf(type) > 8 && !rule.allows16Bits) return `${node.opType} has no kernel for ${type}`;
    if (bitsOf(type) < 8)
      return `${node.opType} has no kernel for ${type} with quantized activations`;
  }
  return undefined;
}

function refuseAttributes({ opType, attributes }: Node): string | undefined {
  const text = attributes.get('mode');
  const mode = text?.type === 'string' ? new TextDecoder().decode(text.value) : 'nearest';
  if (opType === 'Resize' && mode !== 'nearest') return `Resize interpolates (mode ${mode})`;
  if (opType !== 'Gemm') return undefined;
  for (const name of ['alpha', 'beta']) {
    const factor = attributes.get(name);
    if (factor?.type === 'float' && factor.value !== 1) return `Gemm has ${name} ${factor.value}`;
  }
  return undefined;
}

function refuseOutputs(
  graph: QuantizedGraph,
  rule: FusionRule,
  activations: readonly (Dequantized | undefined)[],
  quantizers: readonly QuantizerBehind[],
): string | undefined {
  const isQuantized = quantizers.every(({ node }) => node !== undefined);
  if (!isQuantized) {
    if (!rule.needsQuantizedOutput) return undefined;
    return quantizers.find(({ reason }) => reason !== undefined)?.reason;
  }
  if (rule.kind !== 'moved') return undefined;
  const input = activations[0]?.node;
  const isSame = quantizers.every(
    ({ node }) => input !== undefined && node !== undefined && graph.hasSameParameters(input, node),
  );
  return isSame ? undefined : 'it moves values, and scale or zero point differ before and after';
}

interface QuantizerBehind {
  readonly node?: Node;
  readonly reason?: string;
}

/** The Q that alone reads an output, perhaps behind a Relu or Clip that its range makes needless. */
function quantizerBehind(graph: QuantizedGraph, output: string): QuantizerBehind {
  const direct = graph.onlyQuantizer(output);
  if (direct !== undefined) return { node: direct };
  if (graph.isOutput(output)) return { reason: 'it gives a graph output, with no Q between' };
  const [reader, ...others] = graph.readers(output);
  if (others.length > 0) return { reason: 'its output is also read without a Q' };
  const behind =
    reader?.outputs[0] === undefined ? undefined : graph.onlyQuantizer(reader.outputs[0]);
  const isActivation = reader?.opType === 'Relu' || reader?.opType === 'Clip';
  if (reader === undefined || !isActivation || behind === undefined) {
    return { reason: 'no Q follows its output' };
  }
  if (cutsNothing(graph, reader, behind)) return { node: behind };
  return { reason: `${reader.opType} stands before the Q, whose range goes beyond it` };
}

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

/** Ops whose weights alone are quantized: MatMulNBits where the layout allows it. */
function fuseWeights(
  graph: QuantizedGraph,
  node: Node,
  weights: readonly (Dequantized | undefined)[],
): Fusion {
  const [found] = weights;
  const weight = found?.weight;
  if (found === undefined || weight === undefined) return { kind: 'plain' };
  const reason = refuseNBits(graph, node, found.node, weight.type, weight.dims.length);
  if (reason !== undefined) return refused(reason);
  return { kind: 'fused', bits: bitsOf(weight.type) };
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

const isElementType = (type: string): type is ElementType => Object.hasOwn(ELEMENT_TYPES, type);

export const bitsOf = (type: string): number =>
  isElementType(type) ? ELEMENT_TYPES[type].bits : 8;
