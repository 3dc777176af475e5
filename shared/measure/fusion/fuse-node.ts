/** Whether one op of a quantized graph will run on integers, and if not, why. */

import type { Node } from '../../onnx/model.ts';
import { cutsNothing } from './activation-range.ts';
import { fuseWeights } from './fuse-weights.ts';
import { FUSION_RULES, type FusionRule } from './fusion-rules.ts';
import { bitsOf, type Dequantized, type QuantizedGraph } from './quantized-graph.ts';

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
  if (isActivation(node)) return fuseActivation(graph, node, activations, quantizers);
  if (rule === undefined) return refused(`${node.opType} has no integer kernel`);
  const reason =
    refuseInputs(graph, node, rule, inputs) ??
    refuseAttributes(node) ??
    refuseOutputs(graph, rule, activations, quantizers);
  if (reason !== undefined) return refused(reason);
  const type = graph.quantizedType((activations[0] ?? inputs[0])?.node ?? node);
  return { kind: 'fused', bits: bitsOf(type) };
}

const isActivation = ({ opType }: Node): boolean => opType === 'Relu' || opType === 'Clip';

/** A Relu or Clip between two pairs has no kernel; it vanishes where the Q behind it cuts as it does. */
function fuseActivation(
  graph: QuantizedGraph,
  node: Node,
  [activation]: readonly (Dequantized | undefined)[],
  [quantizer]: readonly QuantizerBehind[],
): Fusion {
  const before = activation?.node;
  const behind = quantizer?.node;
  if (before === undefined || behind === undefined) return { kind: 'plain' };
  if (!cutsNothing(graph, node, behind)) {
    return refused(`${node.opType} has no integer kernel, and the range of its Q goes beyond it`);
  }
  if (!graph.hasSameParameters(before, behind)) {
    return refused(`${node.opType} vanishes, but scale or zero point differ before and after`);
  }
  return { kind: 'fused', bits: bitsOf(graph.quantizedType(behind)) };
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
  if (reader === undefined || !isActivation(reader) || behind === undefined) {
    return { reason: 'no Q follows its output' };
  }
  if (cutsNothing(graph, reader, behind)) return { node: behind };
  return { reason: `${reader.opType} stands before the Q, whose range goes beyond it` };
}
