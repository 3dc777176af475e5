/** TypeProto, TensorShapeProto and ValueInfoProto, written. */
import { assertNever } from '../../base/brand.ts';
import { ELEMENT_TYPES } from '../element-type.ts';
import type { Dim, ValueInfo, ValueType } from '../model.ts';
import type { Encoder } from './encoder.ts';
import { writeStringMap } from './write-strings.ts';

/** The fields of a ValueInfoProto. */
export function writeValueInfo(encoder: Encoder, info: ValueInfo): void {
  encoder.string(1, info.name);
  const { type } = info;
  if (type) encoder.message(2, () => writeType(encoder, type));
  if (info.docString) encoder.string(3, info.docString);
  if (info.metadata) writeStringMap(encoder, 4, info.metadata);
  for (const field of info.unknown ?? []) encoder.raw(field);
}

/** The fields of a TypeProto. */
export function writeType(encoder: Encoder, type: ValueType): void {
  switch (type.kind) {
    case 'tensor':
    case 'sparse-tensor':
      encoder.message(type.kind === 'tensor' ? 1 : 8, () => {
        encoder.varint(1, ELEMENT_TYPES[type.elementType].code);
        const { shape } = type;
        if (shape) encoder.message(2, () => writeShape(encoder, shape));
      });
      break;
    case 'sequence':
    case 'optional':
      encoder.message(type.kind === 'sequence' ? 4 : 9, () => {
        encoder.message(1, () => writeType(encoder, type.element));
      });
      break;
    case 'map':
      encoder.message(5, () => {
        encoder.varint(1, ELEMENT_TYPES[type.key].code);
        encoder.message(2, () => writeType(encoder, type.value));
      });
      break;
    case 'unknown':
      encoder.raw(type.encoded);
      break;
    default:
      assertNever(type);
  }
}

function writeShape(encoder: Encoder, shape: readonly Dim[]): void {
  for (const dim of shape) {
    encoder.message(1, () => {
      if (typeof dim === 'number') encoder.varint(1, dim);
      else if (dim !== null) encoder.string(2, dim);
    });
  }
}
