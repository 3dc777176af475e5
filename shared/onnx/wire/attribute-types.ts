/** AttributeProto.AttributeType: code on the wire of each kind of attribute. Source: onnx.proto. */
import type { AttributeValue } from '../model.ts';

/** What an attribute can hold itself; a reference holds nothing and stands for one of these. */
export type HeldType = Exclude<AttributeValue['type'], 'reference'>;

export const ATTRIBUTE_CODES = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  tensors: 9,
  graphs: 10,
  'sparse-tensor': 11,
  'sparse-tensors': 12,
  type: 13,
  types: 14,
} as const satisfies Record<HeldType, number>;

const BY_CODE: ReadonlyMap<number, HeldType> = new Map(
  Object.entries(ATTRIBUTE_CODES).map(([type, code]) => [code, type as HeldType]),
);

/** The type with this code, `undefined` for 0 and for those of a later schema. */
export const attributeTypeOf = (code: number): HeldType | undefined => BY_CODE.get(code);
