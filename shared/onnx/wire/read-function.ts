/** FunctionProto and OperatorSetIdProto. */
import type { Attribute, FunctionDefinition, Node, ValueInfo } from '../model.ts';
import type { ReadContext } from './read-context.ts';
import { readAttribute, readNode } from './read-graph.ts';
import { readStringMapEntry } from './read-strings.ts';
import { readValueInfo } from './read-type.ts';
import type { Scanner } from './scanner.ts';

/** A FunctionProto that ends at `end`. */
export function readFunction(context: ReadContext, end: number): FunctionDefinition {
  const { scanner } = context;
  let [name, domain, overload, docString] = ['', '', '', ''];
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: string[] = [];
  const attributeDefaults = new Map<string, Attribute>();
  const nodes: Node[] = [];
  const opsets = new Map<string, number>();
  const valueInfo = new Map<string, ValueInfo>();
  const metadata = new Map<string, string>();
  const unknown: Uint8Array[] = [];
  for (const item of scanner.fields(end)) {
    if (item.number === 1) name = scanner.string(item.end);
    else if (item.number === 4) inputs.push(scanner.string(item.end));
    else if (item.number === 5) outputs.push(scanner.string(item.end));
    else if (item.number === 6) attributes.push(scanner.string(item.end));
    else if (item.number === 7) nodes.push(readNode(context, item.end));
    else if (item.number === 8) docString = scanner.string(item.end);
    else if (item.number === 9) readOpset(scanner, item.end, opsets);
    else if (item.number === 10) domain = scanner.string(item.end);
    else if (item.number === 11) attributeDefaults.set(...readAttribute(context, item.end));
    else if (item.number === 12) {
      const info = readValueInfo(scanner, item.end);
      valueInfo.set(info.name, info);
    } else if (item.number === 13) overload = scanner.string(item.end);
    else if (item.number === 14) readStringMapEntry(scanner, item.end, metadata);
    else unknown.push(scanner.raw(item));
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
    ...(metadata.size > 0 ? { metadata } : {}),
    ...(unknown.length > 0 ? { unknown } : {}),
  };
}

/** An OperatorSetIdProto; `ai.onnx` and `''` are one domain. */
export function readOpset(scanner: Scanner, end: number, into: Map<string, number>): void {
  let domain = '';
  let version = 0;
  for (const item of scanner.fields(end)) {
    if (item.number === 1) domain = scanner.string(item.end);
    else if (item.number === 2) version = Number(scanner.int64(item.end));
  }
  into.set(domain === 'ai.onnx' ? '' : domain, version);
}
