/** FunctionProto: a model-local op. */
import type { Attribute, FunctionDefinition, Node, ValueInfo } from '../model.ts';
import type { ByteRange } from '../stored-tensor.ts';
import { readNode, writeNode } from './node.ts';
import { readOpset, writeOpsets } from './opset.ts';
import { readAttribute } from './read-attribute.ts';
import type { WireSink } from './sink.ts';
import { readStringEntry, writeStringEntries } from './string-entries.ts';
import { readValueInfo, writeValueInfo } from './value-info.ts';
import type { WireReader } from './wire-reader.ts';
import { writeAttribute } from './write-attribute.ts';

/** The current message as a function. */
export function readFunction(reader: WireReader): FunctionDefinition {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: string[] = [];
  const attributeDefaults = new Map<string, Attribute>();
  const nodes: Node[] = [];
  const opsets = new Map<string, number>();
  const valueInfo = new Map<string, ValueInfo>();
  let name = '';
  let domain = '';
  let overload = '';
  let docString = '';
  let metadata: Map<string, string> | undefined;
  let unknown: ByteRange[] | undefined;
  reader.charge(3000);
  while (reader.next()) {
    const { field } = reader;
    if (field === 1) name = reader.string();
    else if (field === 4) inputs.push(reader.string());
    else if (field === 5) outputs.push(reader.string());
    else if (field === 6) attributes.push(reader.string());
    else if (field === 7) nodes.push(reader.message(readNode));
    else if (field === 8) docString = reader.string();
    else if (field === 9) readOpset(reader, opsets);
    else if (field === 10) domain = reader.string();
    else if (field === 11) {
      const [key, attribute] = reader.message(readAttribute);
      attributeDefaults.set(key, attribute);
    } else if (field === 12) {
      const info = reader.message(readValueInfo);
      valueInfo.set(info.name, info);
    } else if (field === 13) overload = reader.string();
    else if (field === 14) metadata = readStringEntry(reader, metadata);
    else unknown = reader.unknown(unknown);
  }
  return {
    name,
    domain,
    inputs,
    outputs,
    attributes,
    attributeDefaults,
    nodes,
    opsets,
    valueInfo,
    ...(overload ? { overload } : {}),
    ...(docString ? { docString } : {}),
    ...(metadata ? { metadata } : {}),
    ...(unknown ? { unknown } : {}),
  };
}

/** The fields of a FunctionProto. */
export function writeFunction(sink: WireSink, definition: FunctionDefinition): void {
  sink.string(1, definition.name);
  for (const name of definition.inputs) sink.string(4, name);
  for (const name of definition.outputs) sink.string(5, name);
  for (const name of definition.attributes) sink.string(6, name);
  for (const node of definition.nodes) sink.message(7, writeNode, node);
  if (definition.docString) sink.string(8, definition.docString);
  writeOpsets(sink, 9, definition.opsets);
  sink.string(10, definition.domain);
  for (const entry of definition.attributeDefaults) sink.message(11, writeAttribute, entry);
  for (const info of definition.valueInfo.values()) sink.message(12, writeValueInfo, info);
  if (definition.overload) sink.string(13, definition.overload);
  writeStringEntries(sink, 14, definition.metadata);
  sink.verbatim(definition.unknown);
}
