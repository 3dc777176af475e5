/** Graphs with control flow and TensorFlow's own outputs, made by test/fixtures/tf-control-flow/make_cases.py. */
import { readFileSync } from 'node:fs';
import ort from 'onnxruntime-node';
import { convertGraph } from '../../../../shared/formats/tf/convert-graph.ts';
import type {
  TfAttribute,
  TfFunction,
  TfGraph,
  TfNode,
  TfType,
} from '../../../../shared/formats/tf/tf-graph.ts';
import type { ElementType } from '../../../../shared/onnx/element-type.ts';
import { rawTensor } from '../../../../shared/onnx/make-tensor.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { encodeModel } from '../../../../shared/onnx/write-model.ts';
import { loadForOracle } from '../../../onnx/_onnxruntime.ts';

interface JsonTensor {
  readonly type: ElementType;
  readonly dims: number[];
  readonly data?: string;
}
type JsonAttribute = [kind: string, value: unknown];
type JsonNode = [
  name: string,
  op: string,
  inputs: string[],
  attributes: Record<string, JsonAttribute>,
];
interface JsonCase {
  readonly name: string;
  readonly nodes: JsonNode[];
  readonly functions: Record<
    string,
    { parameters: string[]; nodes: JsonNode[]; results: string[] }
  >;
  readonly inputs: [name: string, type: ElementType, shape: (number | null)[]][];
  readonly outputs: string[];
  readonly feeds: Record<string, JsonTensor>[];
  readonly results: JsonTensor[][];
}

export interface Case {
  readonly name: string;
  readonly graph: TfGraph;
  readonly feeds: readonly Readonly<Record<string, JsonTensor>>[];
  readonly results: readonly (readonly JsonTensor[])[];
}

const PATH = new URL('../../../fixtures/tf-control-flow/cases.json', import.meta.url);

/** All cases, by name. */
export const CASES: ReadonlyMap<string, Case> = new Map(
  (JSON.parse(readFileSync(PATH, 'utf8')) as JsonCase[]).map((json) => [json.name, caseOf(json)]),
);

/** The case of this name. */
export function caseNamed(name: string): Case {
  const found = CASES.get(name);
  if (!found) throw new Error(`there is no case ${name}`);
  return found;
}

function caseOf(json: JsonCase): Case {
  const functions = Object.entries(json.functions).map(([name, body]): [string, TfFunction] => [
    name,
    { ...body, name, nodes: body.nodes.map(nodeOf) },
  ]);
  const graph: TfGraph = {
    nodes: json.nodes.map(nodeOf),
    functions: new Map(functions),
    inputs: json.inputs.map(([name, type, shape]) => ({
      name,
      tensor: name,
      type,
      // A size that is free has a name of its own.
      shape: shape.map((size, axis) => size ?? `${name}_${axis}`),
    })),
    outputs: json.outputs.map((tensor, place) => ({ name: `out${place}`, tensor })),
    notes: [],
  };
  return { name: json.name, graph, feeds: json.feeds, results: json.results };
}

function nodeOf([name, op, inputs, attributes]: JsonNode): TfNode {
  const entries = Object.entries(attributes).map(
    ([key, attribute]) => [key, attributeOf(attribute)] as const,
  );
  return { name, op, inputs, attributes: new Map(entries) };
}

function attributeOf([kind, value]: JsonAttribute): TfAttribute {
  switch (kind) {
    case 'tensor': {
      const { type, dims, data = '' } = value as JsonTensor;
      if (type === 'string')
        return { kind, value: { name: '', type, dims, storage: { kind: 'strings', values: [] } } };
      return { kind, value: rawTensor('', type, dims, Buffer.from(data, 'base64')) };
    }
    case 'list':
      return { kind, value: (value as JsonAttribute[]).map(attributeOf) };
    case 'type':
      return { kind, value: value as TfType };
    default:
      return { kind, value } as TfAttribute;
  }
}

/** The ONNX model of a graph. */
export const modelOf = (graph: TfGraph): Model => convertGraph(graph, { title: 'case' }).model;

/** How many nodes there are of each op, bodies included. */
export function opsOf(model: Model): Record<string, number> {
  const counts: Record<string, number> = {};
  const graphs = [model.graph];
  for (let graph = graphs.pop(); graph; graph = graphs.pop()) {
    for (const node of graph.nodes) {
      counts[node.opType] = (counts[node.opType] ?? 0) + 1;
      for (const attribute of node.attributes.values())
        if (attribute.type === 'graph') graphs.push(attribute.value);
    }
  }
  return counts;
}

const ARRAYS = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array, bool: Uint8Array };

function valuesOf({
  type,
  data = '',
}: JsonTensor): Float32Array | Int32Array | BigInt64Array | Uint8Array {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
  const Kind = ARRAYS[type as keyof typeof ARRAYS];
  return new Kind(bytes.buffer);
}

/** The outputs of a model for one of the case's inputs, in order. */
export async function run(model: Model, feed: Case['feeds'][number]): Promise<ort.Tensor[]> {
  const session = await loadForOracle(encodeModel(model));
  const tensors = Object.entries(feed).map(([name, tensor]) => [
    name,
    new ort.Tensor(tensor.type as 'float32', valuesOf(tensor) as Float32Array, tensor.dims),
  ]);
  const results = await session.run(Object.fromEntries(tensors));
  return model.graph.outputs.map(({ name }) => results[name] as ort.Tensor);
}

/** The largest difference of two tensors; infinite when their types or shapes differ. */
export function difference(actual: ort.Tensor, expected: JsonTensor): number {
  if (actual.type !== expected.type || actual.dims.join() !== expected.dims.join()) return Infinity;
  const wanted = valuesOf(expected);
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) {
    const gap = Math.abs(Number((actual.data as Float32Array)[i]) - Number(wanted[i]));
    worst = Number.isNaN(gap) ? Infinity : Math.max(worst, gap);
  }
  return worst;
}

/** The largest difference from TensorFlow over all inputs and outputs of a case. */
export async function errorOf(model: Model, { feeds, results }: Case): Promise<number> {
  let worst = 0;
  for (const [index, feed] of feeds.entries()) {
    const outputs = await run(model, feed);
    const expected = results[index] ?? [];
    for (const [place, tensor] of expected.entries()) {
      const output = outputs[place];
      worst = Math.max(worst, output ? difference(output, tensor) : Infinity);
    }
  }
  return worst;
}
