/** What variables and tables hold after loading: out of the checkpoint, constants, or asset files. */
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { stringValues } from '../../onnx/tensor-data.ts';
import type { RawGraph } from '../tf/proto/graph.ts';
import type { RawNode } from '../tf/proto/node.ts';
import { type Bound, nodesRunBy, trace } from './run-scope.ts';
import { parseSlice, type Slice } from './slice.ts';

/** Where a tensor comes from. */
export type Origin =
  | { readonly kind: 'checkpoint'; readonly key: string; readonly slice: Slice | undefined }
  | { readonly kind: 'constant'; readonly tensor: StoredTensor }
  /** A node of the main graph that stands for the path of an asset. */
  | { readonly kind: 'node'; readonly name: string };

/** What one op sets, by the node of the main graph that it sets. */
export interface Setting {
  readonly target: string;
  readonly op: string;
  /** Of all inputs but the first; `undefined` for what is computed. */
  readonly origins: readonly (Origin | undefined)[];
  readonly attributes: RawNode['attributes'];
}

const SETTERS = new Set([
  'Assign',
  'AssignVariableOp',
  'InitializeTable',
  'InitializeTableV2',
  'InitializeTableFromTextFile',
  'InitializeTableFromTextFileV2',
  'LookupTableImport',
  'LookupTableImportV2',
]);

/** All that is set when the nodes are run. */
export function settingsOf(graph: RawGraph, starts: Iterable<string>): Setting[] {
  const settings: Setting[] = [];
  const texts = new Map<RawNode, readonly string[]>();
  for (const { scope, node } of nodesRunBy(graph, starts)) {
    if (!SETTERS.has(node.op)) continue;
    const target = trace(scope, node.inputs[0]);
    if (!target || target.scope.parameters) continue;
    settings.push({
      target: target.node.name,
      op: node.op,
      origins: node.inputs.slice(1).map((input) => originOf(trace(scope, input), texts)),
      attributes: node.attributes,
    });
  }
  return settings;
}

function originOf(
  bound: Bound | undefined,
  texts: Map<RawNode, readonly string[]>,
): Origin | undefined {
  if (!bound) return undefined;
  const { scope, node, output } = bound;
  const value = node.attributes.get('value');
  if (node.op === 'Const' && value?.kind === 'tensor') {
    // The path of an asset is a constant too, which stands for wherever the folder is.
    const isPath = !scope.parameters && value.value.type === 'string';
    return isPath && value.value.dims.length === 0
      ? { kind: 'node', name: node.name }
      : { kind: 'constant', tensor: value.value };
  }
  if (node.op === 'RestoreV2') {
    const key = textsOf(trace(scope, node.inputs[1]), texts)[output];
    const slice = textsOf(trace(scope, node.inputs[2]), texts)[output] ?? '';
    return key === undefined ? undefined : { kind: 'checkpoint', key, slice: parseSlice(slice) };
  }
  return scope.parameters ? undefined : { kind: 'node', name: node.name };
}

/** The elements of a constant of text, decoded once: it names all variables. */
function textsOf(
  bound: Bound | undefined,
  known: Map<RawNode, readonly string[]>,
): readonly string[] {
  if (!bound) return [];
  const found = known.get(bound.node);
  if (found) return found;
  const value = bound.node.attributes.get('value');
  const texts =
    value?.kind === 'tensor' && value.value.type === 'string' ? stringValues(value.value) : [];
  known.set(bound.node, texts);
  return texts;
}
