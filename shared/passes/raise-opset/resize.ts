/** Upsample and the first Resize become today's Resize. */
import { stringOf } from '../../onnx/attributes.ts';
import { float32Tensor } from '../../onnx/make-tensor.ts';
import type { Attribute, Node } from '../../onnx/model.ts';
import { floatValues } from '../../onnx/tensor-data.ts';
import { type Refusal, refuse } from '../../rewrite/refusal.ts';
import type { Adapter, AdapterContext, AdapterTable } from './adapter.ts';

/** Upsample(x, s) → Resize₁₀(x, s). */
const upsample: Adapter = (node) => [{ ...node, opType: 'Resize' }];

/**
 * Resize₁₀(x, s) → Resize₁₁(x, roi, s; asymmetric). Nearest takes the pixel below where it enlarges and
 * the one above where it shrinks (the text leaves it open; onnxruntime `upsamplebase.h` does this).
 */
const resize: Adapter = (node, context) => {
  const [data = '', scales = ''] = node.inputs;
  const mode = stringOf(node, 'mode', 'nearest');
  const rounding = mode === 'nearest' ? roundingOf(node, scales, context) : undefined;
  if (typeof rounding === 'object') return rounding;
  const attributes = new Map<string, Attribute>(node.attributes);
  attributes.set('coordinate_transformation_mode', text('asymmetric'));
  if (rounding) attributes.set('nearest_mode', text(rounding));
  return [{ ...node, inputs: [data, noRegion(data, context), scales], attributes }];
};

function roundingOf(node: Node, scales: string, context: AdapterContext): string | Refusal {
  const tensor = context.valueOf(scales);
  // What computes its scales computes them to enlarge one map to the size of another: but that is no proof.
  if (!tensor) return refuse('its scales are computed, so that it may enlarge or shrink', node);
  const values = floatValues(tensor);
  if (values.every((scale) => scale >= 1)) return 'floor';
  if (values.every((scale) => scale <= 1)) return 'ceil';
  return refuse('it enlarges one axis and shrinks another', node);
}

/** The region is read in one mode only, but until 12 the input had to be there. */
function noRegion(data: string, context: AdapterContext): string {
  if (context.target >= 13) return '';
  return context.constant(float32Tensor(context.freshName(`${data}_roi`), [0], []));
}

/** `tf_half_pixel_for_nn` went: floor((x + ½) / s) = round half up of (x + ½) / s − ½. */
const halfPixel: Adapter = (node) => {
  if (stringOf(node, 'coordinate_transformation_mode', '') !== 'tf_half_pixel_for_nn')
    return [node];
  const rounding = stringOf(node, 'nearest_mode', 'round_prefer_floor');
  if (stringOf(node, 'mode', 'nearest') !== 'nearest' || rounding !== 'floor')
    return refuse(`tf_half_pixel_for_nn with '${rounding}' has no successor`, node);
  const attributes = new Map<string, Attribute>(node.attributes);
  attributes.set('coordinate_transformation_mode', text('half_pixel'));
  attributes.set('nearest_mode', text('round_prefer_ceil'));
  return [{ ...node, attributes }];
};

function text(value: string): Attribute {
  return { type: 'string', value: new TextEncoder().encode(value) };
}

export const RESIZE: AdapterTable = {
  Resize: { 11: resize, 13: halfPixel },
  Upsample: { 10: upsample },
};
