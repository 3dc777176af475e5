/** AttributeProto, written. */
import { assertNever } from '../../base/brand.ts';
import type { Attribute } from '../model.ts';
import { ATTRIBUTE_CODES } from './attribute-types.ts';
import { writeGraph } from './graph.ts';
import type { WireSink } from './sink.ts';
import { writeSparseTensor } from './sparse-tensor.ts';
import { writeTensor } from './tensor.ts';
import { writeType } from './type.ts';

/** The fields of an AttributeProto. Lists are written one element a field, as protobuf does for this schema. */
export function writeAttribute(
  sink: WireSink,
  [name, attribute]: readonly [string, Attribute],
): void {
  sink.string(1, name);
  if (attribute.type !== 'reference') writeValue(sink, attribute);
  if (attribute.docString) sink.string(13, attribute.docString);
  if (attribute.type === 'type') sink.message(14, writeType, attribute.value);
  if (attribute.type === 'types')
    for (const type of attribute.value) sink.message(15, writeType, type);
  sink.integer(20, ATTRIBUTE_CODES[attribute.type === 'reference' ? attribute.of : attribute.type]);
  if (attribute.type === 'reference') sink.string(21, attribute.value);
  if (attribute.type === 'sparse-tensor') sink.message(22, writeSparseTensor, attribute.value);
  if (attribute.type === 'sparse-tensors')
    for (const tensor of attribute.value) sink.message(23, writeSparseTensor, tensor);
  sink.verbatim(attribute.unknown);
}

/** Values whose field numbers come before the others'. */
function writeValue(sink: WireSink, attribute: Exclude<Attribute, { type: 'reference' }>): void {
  switch (attribute.type) {
    case 'float':
      sink.float32(2, attribute.value);
      break;
    case 'int':
      sink.integer(3, attribute.value);
      break;
    case 'string':
      sink.bytes(4, attribute.value);
      break;
    case 'tensor':
      sink.message(5, writeTensor, attribute.value);
      break;
    case 'graph':
      sink.message(6, writeGraph, attribute.value);
      break;
    case 'floats':
      for (const value of attribute.value) sink.float32(7, value);
      break;
    case 'ints':
      for (const value of attribute.value) sink.integer(8, value);
      break;
    case 'strings':
      for (const value of attribute.value) sink.bytes(9, value);
      break;
    case 'tensors':
      for (const tensor of attribute.value) sink.message(10, writeTensor, tensor);
      break;
    case 'graphs':
      for (const graph of attribute.value) sink.message(11, writeGraph, graph);
      break;
    case 'type':
    case 'types':
    case 'sparse-tensor':
    case 'sparse-tensors':
      break;
    default:
      assertNever(attribute);
  }
}
