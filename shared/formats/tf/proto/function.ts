/** FunctionDef. Source: tensorflow/core/framework/function.proto, op_def.proto. */

import { typeOfNumber } from '../data-type.ts';
import type { TfType } from '../tf-graph.ts';
import { type RawNode, readNode } from './node.ts';
import type { TfReader } from './tf-reader.ts';

/** A function as the file has it. */
export interface RawFunction {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: TfType }[];
  /** Names of its outputs, in order. */
  readonly outputs: readonly string[];
  /** By name. */
  readonly nodes: ReadonlyMap<string, RawNode>;
  /** What each output is: `node:output:0`, or a parameter. */
  readonly results: ReadonlyMap<string, string>;
}

type Signature = Pick<RawFunction, 'name' | 'parameters' | 'outputs'>;

/** The current message as a function. @throws ModelError when two nodes have one name */
export function readFunction(reader: TfReader): RawFunction {
  let signature: Signature = { name: '', parameters: [], outputs: [] };
  const nodes = new Map<string, RawNode>();
  const results = new Map<string, string>();
  while (reader.next()) {
    const { field } = reader;
    if (field === 1) signature = reader.message(() => readSignature(reader));
    else if (field === 3) {
      const node = reader.message(() => readNode(reader));
      if (nodes.has(node.name))
        throw reader.error(`two nodes are named '${node.name.slice(0, 200)}'`);
      nodes.set(node.name, node);
    } else if (field === 4) {
      const [name, result] = reader.mapEntry(() => reader.string());
      results.set(name, result ?? '');
    } else reader.skip();
  }
  return { ...signature, nodes, results };
}

/** The name of the current message, a function, of which nothing else is read. */
export function readFunctionName(reader: TfReader): string {
  let name = '';
  while (name === '' && reader.next()) {
    if (reader.field === 1)
      name = reader.message(() => {
        let found = '';
        while (found === '' && reader.next()) {
          if (reader.field === 1) found = reader.string();
          else reader.skip();
        }
        reader.leave();
        return found;
      });
    else reader.skip();
  }
  reader.leave();
  return name;
}

/** The current OpDef. */
function readSignature(reader: TfReader): Signature {
  let name = '';
  const parameters: { name: string; type: TfType }[] = [];
  const outputs: string[] = [];
  while (reader.next()) {
    if (reader.field === 1) name = reader.string();
    else if (reader.field === 2) parameters.push(reader.message(() => readArgument(reader)));
    else if (reader.field === 3) outputs.push(reader.message(() => readArgument(reader)).name);
    else reader.skip();
  }
  return { name, parameters, outputs };
}

/** The current ArgDef. */
function readArgument(reader: TfReader): { name: string; type: TfType } {
  let name = '';
  let type: TfType = 'unknown';
  reader.charge(100);
  while (reader.next()) {
    if (reader.field === 1) name = reader.string();
    else if (reader.field === 3) type = typeOfNumber(reader.integer());
    else reader.skip();
  }
  return { name, type };
}
