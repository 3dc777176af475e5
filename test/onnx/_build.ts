/** Small graphs and models for tests, without the wire format. */
import type { Attribute, Graph, Model, Node } from '../../shared/onnx/model.ts';

/** A node of the ai.onnx domain without a name. */
export const node = (
  opType: string,
  inputs: string[],
  outputs: string[],
  attributes: [string, Attribute][] = [],
): Node => ({ opType, domain: '', name: '', inputs, outputs, attributes: new Map(attributes) });

/** A graph whose inputs and outputs have no declared types. */
export const graph = (
  nodes: Node[],
  inputs: string[],
  outputs: string[],
  parts: Partial<Graph> = {},
): Graph => ({
  name: 'g',
  nodes,
  initializers: new Map(),
  sparseInitializers: [],
  inputs: inputs.map((name) => ({ name, type: null })),
  outputs: outputs.map((name) => ({ name, type: null })),
  valueInfo: new Map(),
  ...parts,
});

/** A body as an attribute. */
export const body = (name: string, value: Graph): [string, Attribute] => [
  name,
  { type: 'graph', value },
];

/** A model of opset 17 around the graph. */
export const model = (main: Graph, parts: Partial<Model> = {}): Model => ({
  irVersion: 8,
  opsets: new Map([['', 17]]),
  graph: main,
  functions: [],
  producerName: '',
  producerVersion: '',
  domain: '',
  modelVersion: 0,
  docString: '',
  metadata: new Map(),
  ...parts,
});

/** The nodes as `Op(inputs)→outputs`. */
export const ops = (edited: Graph): string[] =>
  edited.nodes.map((n) => `${n.opType}(${n.inputs})→${n.outputs}`);
