/**
 * Element types that onnxruntime-node cannot pass (or that abort the process as graph outputs) are
 * inferred under a stand-in that the same ops take, and named again afterwards.
 */
import { ELEMENT_TYPES, type ElementType, elementTypeOf } from '../../onnx/element-type.ts';
import type { Attribute, Node, ValueType } from '../../onnx/model.ts';

/** Chosen so that the ops that produce or take the type (Cast, Q/DQ, data movement) take the stand-in too. */
const STAND_INS: Partial<Record<ElementType, ElementType>> = {
  bfloat16: 'float16',
  float8e4m3fn: 'int8',
  float8e4m3fnuz: 'int8',
  float8e5m2: 'int8',
  float8e5m2fnuz: 'int8',
  float8e8m0: 'uint8',
  float4e2m1: 'int8',
  int4: 'int8',
  uint4: 'uint8',
  int2: 'int8',
  uint2: 'uint8',
  complex64: 'float32',
  complex128: 'float64',
};

/** int attributes that hold an element type's code. */
const TYPE_ATTRIBUTES = ['to', 'dtype', 'output_dtype', 'output_datatype'];

/** What the runtime is told in place of the type; itself for ordinary ones. */
export const standInOf = (type: ElementType): ElementType => STAND_INS[type] ?? type;

/** Whether the type cannot cross to onnxruntime-node as it is. */
export const needsStandIn = (type: ElementType): boolean => type in STAND_INS;

/** The type with every element type replaced by its stand-in. */
export function standInType(type: ValueType): ValueType {
  switch (type.kind) {
    case 'tensor':
    case 'sparse-tensor':
      return needsStandIn(type.elementType)
        ? { ...type, elementType: standInOf(type.elementType) }
        : type;
    case 'sequence':
    case 'optional':
      return { ...type, element: standInType(type.element) };
    case 'map':
      return { ...type, value: standInType(type.value) };
    case 'unknown':
      return type;
  }
}

/** The attribute with element types replaced by their stand-ins; tensors lose their values with it. */
export function standInAttribute(name: string, attribute: Attribute): Attribute {
  if (attribute.type === 'int' && TYPE_ATTRIBUTES.includes(name)) {
    const type = elementTypeOf(Number(attribute.value));
    return type && needsStandIn(type)
      ? { type: 'int', value: ELEMENT_TYPES[standInOf(type)].code }
      : attribute;
  }
  if (attribute.type === 'tensor' && needsStandIn(attribute.value.type)) {
    const type = standInOf(attribute.value.type);
    const count = attribute.value.dims.reduce((product, dim) => product * dim, 1);
    const bytes = new Uint8Array((count * ELEMENT_TYPES[type].bits) / 8);
    return {
      type: 'tensor',
      value: { name: '', type, dims: attribute.value.dims, storage: { kind: 'memory', bytes } },
    };
  }
  if (attribute.type === 'type') return { type: 'type', value: standInType(attribute.value) };
  return attribute;
}

/**
 * Gives inferred values their real element types back, in order: an op that names its output type
 * decides; any other passes on the type of an input that stood under the same stand-in.
 */
export function restoreTypes(
  nodes: readonly Node[],
  given: (name: string) => ValueType | undefined,
  inferred: Map<string, ValueType>,
): void {
  const elementTypeAt = (name: string): ElementType | undefined => {
    const type = inferred.get(name) ?? given(name);
    return type?.kind === 'tensor' ? type.elementType : undefined;
  };
  for (const node of nodes) {
    const inputs = node.inputs.map(elementTypeAt);
    const named = namedType(node, inputs);
    for (const output of node.outputs) {
      const type = inferred.get(output);
      if (type?.kind !== 'tensor') continue;
      const plain = type.elementType;
      const real =
        named ?? inputs.find((input) => input && needsStandIn(input) && standInOf(input) === plain);
      if (!real || standInOf(real) !== plain) continue;
      if (named || !inputs.includes(plain)) inferred.set(output, { ...type, elementType: real });
    }
  }
}

/** The output type that a node states in so many words. */
function namedType(
  node: Node,
  inputs: readonly (ElementType | undefined)[],
): ElementType | undefined {
  for (const name of TYPE_ATTRIBUTES) {
    const attribute = node.attributes.get(name);
    const code = attribute?.type === 'int' ? Number(attribute.value) : 0;
    if (code !== 0) return elementTypeOf(code);
  }
  const value = node.attributes.get('value');
  if (value?.type === 'tensor') return value.value.type;
  if (node.opType === 'QuantizeLinear') return inputs[2];
  if (node.opType === 'CastLike') return inputs[1];
  return undefined;
}
