/** NodeDef. Source: tensorflow/core/framework/node_def.proto. */
import type { TfAttribute, TfAttributes } from '../tf-graph.ts';
import { readAttribute } from './attribute.ts';
import type { TfReader } from './tf-reader.ts';

/** What a node takes besides its names and attributes. */
const NODE_BYTES = 300;

/** A node as the file has it. */
export interface RawNode {
  readonly name: string;
  readonly op: string;
  /** In a graph `node` or `node:1`; in a function the name of a parameter or `node:output:0`. */
  readonly inputs: readonly string[];
  /** Names of nodes that have to run before. */
  readonly controls: readonly string[];
  readonly attributes: TfAttributes;
}

/** The current message as a node. */
export function readNode(reader: TfReader): RawNode {
  let name = '';
  let op = '';
  const inputs: string[] = [];
  const controls: string[] = [];
  const attributes = new Map<string, TfAttribute>();
  reader.charge(NODE_BYTES);
  while (reader.next()) {
    const { field } = reader;
    if (field === 1) name = reader.string();
    else if (field === 2) op = reader.string();
    else if (field === 3) {
      const input = reader.string();
      if (input.startsWith('^')) controls.push(input.slice(1));
      else inputs.push(input);
    } else if (field === 5) readAttribute(reader, attributes);
    else reader.skip();
  }
  return { name, op, inputs, controls, attributes };
}
