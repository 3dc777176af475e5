/** What stays float32 whatever the values are: operators and single inputs. */
import type { Node } from '../../../onnx/model.ts';
import { hasTrait } from '../../../ops/traits.ts';

/**
 * Operators that lose too much, or that runtimes lack in float16. Source: the lists of onnxruntime's and
 * onnxconverter-common's converters, without Max and Min: onnxruntime 1.30 runs them in every opset that has them.
 */
const BLOCKED: Readonly<Record<string, string>> = {
  CumSum: 'sums over an axis lose their last digits',
  NonMaxSuppression: 'it compares boxes by small differences',
  MeanVarianceNormalization: 'onnxruntime writes it out with float32 constants',
  Range: 'its steps add up',
  RoiAlign: 'it samples between pixels by coordinates, which need more digits',
  TopK: 'values that become equal change their order',
  Upsample: 'onnxruntime has no kernel for it',
  CastLike: 'its type is that of another value',
  EyeLike: 'its type is an attribute',
  Multinomial: 'probabilities that become equal change what is drawn',
};

/** Inputs that are sizes and coordinates rather than data. */
const KEPT_INPUTS: Readonly<Record<string, readonly number[]>> = {
  Resize: [1, 2],
  GridSample: [],
};

/** Why the node computes in float32, if a rule says so. */
export function whyFloat(node: Node): string | undefined {
  if (node.domain === 'ai.onnx.ml') return 'operators of ai.onnx.ml take no float16';
  if (hasTrait(node, 'quantization')) return 'its scales are float32';
  if (hasTrait(node, 'random')) return 'its type is an attribute';
  return node.domain === '' ? BLOCKED[node.opType] : undefined;
}

/** Whether the input at this position stays float32 while the node computes in float16. */
export function keepsInput(node: Node, position: number): boolean {
  return node.domain === '' && (KEPT_INPUTS[node.opType]?.includes(position) ?? false);
}

/**
 * Operators to which a constant beyond the ends of float16 means "a lot" or "a little": masks, bounds and
 * epsilons, for which the end itself serves as well. Elsewhere (a variance, a factor) it would be a wrong number.
 */
const CLAMPED = new Set(['Add', 'Sub', 'Where', 'Clip', 'Max', 'Min', 'Pad']);

/** Whether constants of the node may be moved to the ends of float16. */
export function clampsConstants(node: Node): boolean {
  return node.domain === '' && CLAMPED.has(node.opType);
}

/** Operators whose output type an attribute names: the plan changes it. */
export function givesChosenType(node: Node): boolean {
  return node.domain === '' && (node.opType === 'Cast' || node.opType === 'ConstantOfShape');
}
