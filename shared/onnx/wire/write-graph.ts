/** GraphProto, NodeProto, AttributeProto and FunctionProto, written. */
import { assertNever } from '../../base/brand.ts';
import type { Attribute, FunctionDefinition, Graph, Node } from '../model.ts';
import type { Encoder } from './encoder.ts';
import { writeStringMap } from './write-strings.ts';
import { type ExternalPlaces, writeSparseTensor, writeTensor } from './write-tensor.ts';
import { writeType, writeValueInfo } from './write-type.ts';

/** The fields of a GraphProto. */
export function writeGraph(encoder: Encoder, graph: Graph, places: ExternalPlaces): void {
  for (const node of graph.nodes) encoder.message(1, () => writeNode(encoder, node, places));
  if (graph.name) encoder.string(2, graph.name);
  for (const tensor of graph.initializers.values())
    encoder.message(5, () => writeTensor(encoder, tensor, places));
  if (graph.docString) encoder.string(10, graph.docString);
  for (const info of graph.inputs) encoder.message(11, () => writeValueInfo(encoder, info));
  for (const info of graph.outputs) encoder.message(12, () => writeValueInfo(encoder, info));
  for (const info of graph.valueInfo.values())
    encoder.message(13, () => writeValueInfo(encoder, info));
  for (const tensor of graph.sparseInitializers)
    encoder.message(15, () => writeSparseTensor(encoder, tensor, places));
  if (graph.metadata) writeStringMap(encoder, 16, graph.metadata);
  for (const field of graph.unknown ?? []) encoder.raw(field);
}

/** The fields of a FunctionProto. */
export function writeFunction(
  encoder: Encoder,
  definition: FunctionDefinition,
  places: ExternalPlaces,
): void {
  encoder.string(1, definition.name);
  for (const name of definition.inputs) encoder.string(4, name);
  for (const name of definition.outputs) encoder.string(5, name);
  for (const name of definition.attributes) encoder.string(6, name);
  for (const node of definition.nodes) encoder.message(7, () => writeNode(encoder, node, places));
  if (definition.docString) encoder.string(8, definition.docString);
  writeOpsets(encoder, 9, definition.opsets);
  encoder.string(10, definition.domain);
  for (const [name, attribute] of definition.attributeDefaults) {
    encoder.message(11, () => writeAttribute(encoder, name, attribute, places));
  }
  for (const info of definition.valueInfo.values())
    encoder.message(12, () => writeValueInfo(encoder, info));
  if (definition.overload) encoder.string(13, definition.overload);
  if (definition.metadata) writeStringMap(encoder, 14, definition.metadata);
  for (const field of definition.unknown ?? []) encoder.raw(field);
}

/** OperatorSetIdProto, one a domain. */
export function writeOpsets(
  encoder: Encoder,
  field: number,
  opsets: ReadonlyMap<string, number>,
): void {
  for (const [domain, version] of opsets) {
    encoder.message(field, () => {
      if (domain) encoder.string(1, domain);
      encoder.varint(2, version);
    });
  }
}

function writeNode(encoder: Encoder, node: Node, places: ExternalPlaces): void {
  for (const name of node.inputs) encoder.string(1, name);
  for (const name of node.outputs) encoder.string(2, name);
  if (node.name) encoder.string(3, node.name);
  encoder.string(4, node.opType);
  for (const [name, attribute] of node.attributes) {
    encoder.message(5, () => writeAttribute(encoder, name, attribute, places));
  }
  if (node.docString) encoder.string(6, node.docString);
  if (node.domain) encoder.string(7, node.domain);
  if (node.overload) encoder.string(8, node.overload);
  if (node.metadata) writeStringMap(encoder, 9, node.metadata);
  for (const field of node.unknown ?? []) encoder.raw(field);
}

/** Source: AttributeProto.AttributeType. */
const ATTRIBUTE_CODES = {
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
} as const satisfies Record<Exclude<Attribute['type'], 'reference'>, number>;

function writeAttribute(
  encoder: Encoder,
  name: string,
  attribute: Attribute,
  places: ExternalPlaces,
): void {
  encoder.string(1, name);
  if (attribute.type === 'reference') {
    encoder.varint(20, ATTRIBUTE_CODES[attribute.of]);
    encoder.string(21, attribute.value);
    return;
  }
  writeAttributeValue(encoder, attribute, places);
  encoder.varint(20, ATTRIBUTE_CODES[attribute.type]);
}

function writeAttributeValue(
  encoder: Encoder,
  attribute: Exclude<Attribute, { type: 'reference' }>,
  places: ExternalPlaces,
): void {
  switch (attribute.type) {
    case 'float':
      encoder.float(2, attribute.value);
      break;
    case 'int':
      encoder.varint(3, attribute.value);
      break;
    case 'string':
      encoder.bytes(4, attribute.value);
      break;
    case 'tensor':
      encoder.message(5, () => writeTensor(encoder, attribute.value, places));
      break;
    case 'graph':
      encoder.message(6, () => writeGraph(encoder, attribute.value, places));
      break;
    case 'floats':
      for (const value of attribute.value) encoder.float(7, value);
      break;
    case 'ints':
      for (const value of attribute.value) encoder.varint(8, value);
      break;
    case 'strings':
      for (const value of attribute.value) encoder.bytes(9, value);
      break;
    case 'tensors':
      for (const tensor of attribute.value)
        encoder.message(10, () => writeTensor(encoder, tensor, places));
      break;
    case 'graphs':
      for (const graph of attribute.value)
        encoder.message(11, () => writeGraph(encoder, graph, places));
      break;
    case 'type':
      encoder.message(14, () => writeType(encoder, attribute.value));
      break;
    case 'types':
      for (const type of attribute.value) encoder.message(15, () => writeType(encoder, type));
      break;
    case 'sparse-tensor':
      encoder.message(22, () => writeSparseTensor(encoder, attribute.value, places));
      break;
    case 'sparse-tensors':
      for (const tensor of attribute.value)
        encoder.message(23, () => writeSparseTensor(encoder, tensor, places));
      break;
    default:
      assertNever(attribute);
  }
}
