/** NodeProto. */
import type { Attribute, Node } from '../model.ts';
import type { ByteRange } from '../stored-tensor.ts';
import { isShareable, readAttribute } from './read-attribute.ts';
import type { WireSink } from './sink.ts';
import { readStringEntry, writeStringEntries } from './string-entries.ts';
import type { WireReader } from './wire-reader.ts';
import { writeAttribute } from './write-attribute.ts';

const NO_ATTRIBUTES: ReadonlyMap<string, Attribute> = new Map();

/** The current message as a node. */
export function readNode(reader: WireReader): Node {
  const inputs: string[] = [];
  const outputs: string[] = [];
  let attributes: Map<string, Attribute> | undefined;
  let metadata: Map<string, string> | undefined;
  let unknown: ByteRange[] | undefined;
  let name = '';
  let opType = '';
  let domain = '';
  let overload = '';
  let docString = '';
  reader.charge(400);
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        inputs.push(reader.string());
        break;
      case 2:
        outputs.push(reader.string());
        break;
      case 3:
        name = reader.string();
        break;
      case 4:
        opType = reader.string();
        break;
      case 5: {
        const [key, attribute] = reader.sharedMessage(
          reader.attributes,
          readAttribute,
          isShareable,
        );
        attributes ??= new Map();
        if (attributes.has(key)) throw reader.error(`a node has the attribute '${key}' twice`);
        attributes.set(key, attribute);
        break;
      }
      case 6:
        docString = reader.string();
        break;
      case 7:
        domain = reader.string();
        break;
      case 8:
        overload = reader.string();
        break;
      case 9:
        metadata = readStringEntry(reader, metadata);
        break;
      default:
        unknown = reader.unknown(unknown);
    }
  }
  const node: Node = {
    opType,
    domain: domain === 'ai.onnx' ? '' : domain,
    name,
    inputs,
    outputs,
    attributes: attributes ?? NO_ATTRIBUTES,
  };
  // Nearly all nodes end here, and tens of thousands of them are made.
  if (!overload && !docString && !metadata && !unknown) return node;
  return {
    ...node,
    ...(overload ? { overload } : {}),
    ...(docString ? { docString } : {}),
    ...(metadata ? { metadata } : {}),
    ...(unknown ? { unknown } : {}),
  };
}

/** The fields of a NodeProto. */
export function writeNode(sink: WireSink, node: Node): void {
  for (const name of node.inputs) sink.string(1, name);
  for (const name of node.outputs) sink.string(2, name);
  if (node.name) sink.string(3, node.name);
  sink.string(4, node.opType);
  for (const entry of node.attributes) sink.message(5, writeAttribute, entry);
  if (node.docString) sink.string(6, node.docString);
  if (node.domain) sink.string(7, node.domain);
  if (node.overload) sink.string(8, node.overload);
  writeStringEntries(sink, 9, node.metadata);
  sink.verbatim(node.unknown);
}
