/** What is in a model: read from the header alone, weights stay where they are. */
import { statSync } from 'node:fs';
import { detectEntry } from '../formats/detect.ts';
import { openSource } from '../formats/open-source.ts';
import type { ReadOptions } from '../formats/source-model.ts';
import { orderNote } from '../onnx/accept-model.ts';
import { allGraphs, allNodes } from '../onnx/graph-walk.ts';
import type { Model, ValueInfo, ValueType } from '../onnx/model.ts';
import { openModel } from '../onnx/read-model.ts';
import { sortNodes } from '../onnx/sort-nodes.ts';
import type { StoredTensor } from '../onnx/stored-tensor.ts';
import { elementCount, storedByteLength } from '../onnx/tensor-data.ts';
import { type Problem, verifyModel } from '../onnx/verify.ts';
import { sourceFile } from './source-file.ts';

export interface InspectedValue {
  readonly name: string;
  /** `float32`, or for what is no tensor its kind. */
  readonly type: string;
  /** Free dimensions by name, or `?`; absent when not even the rank is known. */
  readonly shape?: readonly (number | string)[];
}

/** `fettle inspect --json`. */
export interface Inspection {
  readonly schema: 'fettle.inspect/1';
  readonly path: string;
  readonly format: string;
  /** Of all its files. */
  readonly bytes: number;
  readonly producer: string;
  readonly irVersion: number;
  /** `ai.onnx` and others. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly inputs: readonly InspectedValue[];
  readonly outputs: readonly InspectedValue[];
  readonly parameters: number;
  readonly weightBytes: number;
  readonly bytesByType: Readonly<Record<string, number>>;
  /** Nodes of all graphs and functions by op, most frequent first; ops of other domains as `domain:Op`. */
  readonly ops: Readonly<Record<string, number>>;
  readonly nodes: number;
  readonly subgraphs: number;
  readonly functions: number;
  /** Files beside the model that hold weights. */
  readonly externalFiles: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** What was kept without being understood, or will not run everywhere. */
  readonly notes: readonly string[];
  /** Where the model breaks the rules of ONNX, and whether that does harm; absent from what is no file. */
  readonly problems?: readonly Problem[];
}

/** Domains whose ops onnxruntime has on board. */
const KNOWN_DOMAINS = new Set([
  '',
  'ai.onnx',
  'ai.onnx.ml',
  'com.microsoft',
  'com.microsoft.nchwc',
  'ai.onnx.preview.training',
  'org.pytorch.aten',
]);

/**
 * ONNX as it lies in the file, its faults included; of another format what its reader makes of it.
 * @throws InputError, ModelError for a broken file, UnsupportedError for what is not read or converted
 */
export async function inspectModel(
  path: string,
  options: Omit<ReadOptions, 'shown'> = {},
): Promise<Inspection> {
  const file = await sourceFile(path);
  const entry = await detectEntry(file, path);
  const { name: format } = entry;
  const files = (await entry.files?.(file)) ?? [file];
  const of = {
    schema: 'fettle.inspect/1',
    path,
    format,
    bytes: files.reduce((sum, one) => sum + statSync(one).size, 0),
  } as const;
  if (format !== 'onnx') {
    using source = await openSource(file, { ...options, shown: path }, entry);
    const description = describeModel(source.model);
    const notes = [...source.notes, ...description.notes];
    return { ...of, ...description, producer: source.producer, notes, problems: [] };
  }
  using opened = openModel(file);
  const description = describeModel(opened.model);
  // As the other commands take it: a wrong order is no fault.
  const { model, moved } = sortNodes(opened.model);
  return {
    ...of,
    ...description,
    notes: [...description.notes, ...(moved > 0 ? [orderNote(moved)] : [])],
    problems: verifyModel(model),
  };
}

/** What an inspection says that does not depend on where the model lies. */
export type ModelDescription = Omit<
  Inspection,
  'schema' | 'path' | 'format' | 'bytes' | 'problems'
>;

/** The description of a model that is open. */
export function describeModel(model: Model): ModelDescription {
  const weights = weightsOf(model);
  const external = externalFilesOf(weights);
  const bytesByType: Record<string, number> = {};
  for (const tensor of weights) {
    bytesByType[tensor.type] = (bytesByType[tensor.type] ?? 0) + storedByteLength(tensor);
  }
  const graphs = [...allGraphs(model.graph)];
  const ops = countOps(model);
  const { producerName, producerVersion, irVersion, graph } = model;
  return {
    producer: [producerName, producerVersion].filter((part) => part !== '').join(' '),
    irVersion,
    opsets: Object.fromEntries(
      [...model.opsets].map(([domain, version]) => [domain || 'ai.onnx', version]),
    ),
    // Until IR 4 initializers were listed as inputs, too: they are not what a user feeds.
    inputs: graph.inputs.filter(({ name }) => !graph.initializers.has(name)).map(inspectedValue),
    outputs: graph.outputs.map(inspectedValue),
    parameters: weights.reduce((sum, tensor) => sum + elementCount(tensor), 0),
    weightBytes: weights.reduce((sum, tensor) => sum + storedByteLength(tensor), 0),
    bytesByType: sortedByCount(bytesByType),
    ops: sortedByCount(ops),
    nodes: Object.values(ops).reduce((sum, count) => sum + count, 0),
    subgraphs: graphs.length - 1,
    functions: model.functions.length,
    externalFiles: external,
    metadata: Object.fromEntries(model.metadata),
    notes: notesOf(model),
  };
}

/** Initializers of all graphs, sparse ones, and the tensors of Constant nodes. */
export function weightsOf(model: Model): StoredTensor[] {
  const weights: StoredTensor[] = [];
  for (const { graph } of allGraphs(model.graph)) {
    weights.push(...graph.initializers.values());
    for (const { values } of graph.sparseInitializers) weights.push(values);
  }
  for (const node of allNodes(model)) {
    if (node.opType !== 'Constant') continue;
    for (const attribute of node.attributes.values()) {
      if (attribute.type === 'tensor') weights.push(attribute.value);
      else if (attribute.type === 'sparse-tensor') weights.push(attribute.value.values);
    }
  }
  return weights;
}

/** Locations relative to the model's folder, each once. */
export function externalFilesOf(weights: readonly StoredTensor[]): string[] {
  const files = new Set<string>();
  for (const { storage } of weights) {
    if (storage.kind === 'file' && storage.external) files.add(storage.external.location);
  }
  return [...files].sort();
}

/** Name, element type and shape of a graph input or output. */
export function inspectedValue({ name, type }: ValueInfo): InspectedValue {
  if (type?.kind !== 'tensor' && type?.kind !== 'sparse-tensor')
    return { name, type: kindOf(type) };
  const shape = type.shape?.map((dim) => dim ?? '?');
  return { name, type: type.elementType, ...(shape && { shape }) };
}

function kindOf(type: ValueType | null): string {
  if (type === null) return 'undeclared';
  if (type.kind === 'sequence' || type.kind === 'optional')
    return `${type.kind} of ${kindOf(type.element)}`;
  return type.kind === 'tensor' ? type.elementType : type.kind;
}

function countOps(model: Model): Record<string, number> {
  const ops: Record<string, number> = {};
  for (const { domain, opType } of allNodes(model)) {
    const name = domain === '' || domain === 'ai.onnx' ? opType : `${domain}:${opType}`;
    ops[name] = (ops[name] ?? 0) + 1;
  }
  return ops;
}

function notesOf(model: Model): string[] {
  const notes: string[] = [];
  const defined = new Set(model.functions.map(({ domain, name }) => `${domain}:${name}`));
  const custom = new Map<string, number>();
  let unknownFields = model.unknown?.length ?? 0;
  for (const node of allNodes(model)) {
    unknownFields += node.unknown?.length ?? 0;
    const name = `${node.domain}:${node.opType}`;
    if (!KNOWN_DOMAINS.has(node.domain) && !defined.has(name))
      custom.set(name, (custom.get(name) ?? 0) + 1);
  }
  for (const [name, count] of custom) {
    notes.push(`custom op ${name} (${count}×): it needs a library of its own to run`);
  }
  if (unknownFields > 0)
    notes.push(`${unknownFields} fields are of a later schema: kept as they are`);
  return notes;
}

function sortedByCount(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)),
  );
}
