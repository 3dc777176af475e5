/** What nodes say of their outputs: for graphs that are cut where nothing before can be converted. */
import type { ElementType } from '../../onnx/element-type.ts';
import type { Shape } from '../build/dims.ts';
import type { TfNode, TfType } from './tf-graph.ts';

/** Types of what decodes text and files, nodes at which graphs are cut, where no attribute says another one. */
const FIXED_TYPES: Readonly<Record<string, ElementType>> = {
  DecodeBmp: 'uint8',
  DecodeGif: 'uint8',
  DecodeImage: 'uint8',
  DecodeJpeg: 'uint8',
  DecodePng: 'uint8',
  StringToHashBucketFast: 'int64',
  StringToHashBucketStrong: 'int64',
  StringLength: 'int32',
  StringToNumber: 'float32',
};

/** Attributes that say what a node gives, the more telling first. */
const TYPE_ATTRIBUTES = [
  'DstT',
  'Tout',
  'out_type',
  'output_type',
  'dtype',
  'value_dtype',
  'element_dtype',
  'T',
];

/** `undefined` where only what is before it tells. */
export function declaredType(node: TfNode): ElementType | undefined {
  for (const name of TYPE_ATTRIBUTES) {
    const attribute = node.attributes.get(name);
    if (attribute?.kind === 'type' && isElementType(attribute.value)) return attribute.value;
  }
  return FIXED_TYPES[node.op];
}

const isElementType = (type: TfType): type is ElementType =>
  type !== 'resource' && type !== 'variant' && type !== 'unknown';

/** What TensorFlow noted when the graph was made. */
export function declaredShape(node: TfNode, output: number): Shape | null {
  const noted = node.attributes.get('_output_shapes');
  const shape = noted?.kind === 'list' ? noted.value[output] : undefined;
  return shape?.kind === 'shape' ? shape.value : null;
}
