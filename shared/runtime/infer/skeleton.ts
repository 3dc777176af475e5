/**
 * A model without weights that has the types and shapes of the whole: what onnxruntime infers on.
 *
 * Constants above 1 KB become graph inputs of the same type and shape (in bodies: ConstantOfShape),
 * as only small ones (shapes, axes, sizes) decide what shape a value has.
 */
import { ELEMENT_TYPES } from '../../onnx/element-type.ts';
import { int64Tensor, rawTensor } from '../../onnx/make-tensor.ts';
import type {
  Attribute,
  FunctionDefinition,
  Graph,
  Model,
  Node,
  ValueInfo,
  ValueType,
} from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { storedByteLength } from '../../onnx/tensor-data.ts';
import { needsStandIn, standInAttribute, standInOf, standInType } from './stand-in.ts';

/** Constants up to this size keep their values: shape operands are far smaller, weights are larger. */
export const SMALL_CONSTANT_BYTES = 1024;

/** One that onnxruntime reads, whatever the model declares: types do not depend on it. */
const SKELETON_IR_VERSION = 10;

export interface SkeletonParts {
  readonly model: Model;
  /** Of the main graph or a body; each in order. */
  readonly nodes: readonly Node[];
  /** Types of the values that the nodes read and do not make. */
  readonly given: ReadonlyMap<string, ValueType>;
  /** Constants that keep their values, by name. */
  readonly constants: ReadonlyMap<string, StoredTensor>;
  /** Types of values of these nodes that are known in another way, as far as they are. */
  readonly known: ReadonlyMap<string, ValueType>;
  /** Values to ask for. */
  readonly outputs: readonly string[];
}

/** The skeleton, with node names by which {@link nodeNamed} finds the node in a message. */
export function buildSkeleton(parts: SkeletonParts): Model {
  const { model, given, constants, known, outputs } = parts;
  const nodes = parts.nodes.map((node, index) => skeletonNode(node, namesFor(index)));
  const needed = readBy(nodes);
  const graph: Graph = {
    name: 'skeleton',
    nodes,
    initializers: new Map([...constants].filter(([name]) => needed.has(name))),
    sparseInitializers: [],
    inputs: [...given]
      .filter(([name]) => needed.has(name) && !constants.has(name))
      .map(([name, type]) => ({ name, type: standInType(type) })),
    outputs: outputs.map((name) => ({ name, type: null })),
    valueInfo: new Map([...known].map(([name, type]) => [name, { name, type: standInType(type) }])),
  };
  return {
    irVersion: SKELETON_IR_VERSION,
    opsets: model.opsets,
    graph,
    functions: model.functions.map(skeletonFunction),
    producerName: '',
    producerVersion: '',
    domain: '',
    modelVersion: 0,
    docString: '',
    metadata: new Map(),
  };
}

/** Names one after the other: of the node itself, then of all in its bodies, which must differ. */
type Namer = () => string;

function namesFor(index: number): Namer {
  let count = 0;
  return () => `fettle_node_${index}_${count++}`;
}

/** Names in function bodies are onnxruntime's to make. */
const unnamed: Namer = () => '';

/** The node (of those that went into the skeleton) that a message of onnxruntime names. */
export function nodeNamed(message: string, nodes: readonly Node[]): Node | undefined {
  const found = /fettle_node_(\d+)_/.exec(message);
  return found ? nodes[Number(found[1])] : undefined;
}

/** Whether a constant keeps its values in a skeleton. */
export function keepsValues(tensor: StoredTensor): boolean {
  return !needsStandIn(tensor.type) && storedByteLength(tensor) <= SMALL_CONSTANT_BYTES;
}

/** Names that nodes read, bodies included (with names that bodies define: harmless). */
function readBy(nodes: readonly Node[]): Set<string> {
  const names = new Set<string>();
  const visit = (graph: Graph): void => {
    for (const output of graph.outputs) names.add(output.name);
    for (const node of graph.nodes) visitNode(node);
  };
  const visitNode = (node: Node): void => {
    for (const name of node.inputs) names.add(name);
    for (const attribute of node.attributes.values()) {
      if (attribute.type === 'graph') visit(attribute.value);
      else if (attribute.type === 'graphs') attribute.value.forEach(visit);
    }
  };
  nodes.forEach(visitNode);
  return names;
}

/** Without what inference does not read: names, documentation, metadata. Nodes in bodies are named after the one outside. */
function skeletonNode(node: Node, names: Namer): Node {
  const name = names();
  const attributes = new Map<string, Attribute>();
  for (const [key, attribute] of node.attributes) {
    if (attribute.type === 'graph')
      attributes.set(key, { type: 'graph', value: skeletonBody(attribute.value, names) });
    else if (attribute.type === 'graphs')
      attributes.set(key, {
        type: 'graphs',
        value: attribute.value.map((body) => skeletonBody(body, names)),
      });
    else attributes.set(key, standInAttribute(key, attribute));
  }
  const { opType, domain, inputs, outputs, overload } = node;
  return { opType, domain, name, inputs, outputs, attributes, ...(overload && { overload }) };
}

/** A body as it stands inside its node: large constants are computed from their shapes. */
function skeletonBody(body: Graph, names: Namer): Graph {
  const nodes: Node[] = [];
  const initializers = new Map<string, StoredTensor>();
  for (const [key, tensor] of body.initializers) {
    if (keepsValues(tensor) || tensor.type === 'string') initializers.set(key, tensor);
    else nodes.push(...hollowConstant(key, tensor, names));
  }
  for (const { values, dims } of body.sparseInitializers)
    nodes.push(...hollowConstant(values.name, { ...values, dims }, names));
  nodes.push(...hollowNodes(body.nodes, names));
  return {
    name: 'body',
    nodes,
    initializers,
    sparseInitializers: [],
    inputs: body.inputs.filter(({ name }) => !initializers.has(name)).map(standInInfo),
    outputs: body.outputs.map(standInInfo),
    valueInfo: new Map(),
  };
}

function skeletonFunction(definition: FunctionDefinition): FunctionDefinition {
  const { docString: _, metadata: __, unknown: ___, ...rest } = definition;
  return { ...rest, nodes: hollowNodes(definition.nodes, unnamed), valueInfo: new Map() };
}

function hollowNodes(nodes: readonly Node[], names: Namer): Node[] {
  return nodes.flatMap((node) => {
    const tensor = constantOf(node);
    const [output] = node.outputs;
    return tensor && output && !keepsValues(tensor) && tensor.type !== 'string'
      ? hollowConstant(output, tensor, names)
      : [skeletonNode(node, names)];
  });
}

/** The tensor of a Constant node that has one. */
export function constantOf(node: Node): StoredTensor | undefined {
  if (node.opType !== 'Constant' || node.domain !== '') return undefined;
  const value = node.attributes.get('value');
  if (value?.type === 'tensor') return value.value;
  const sparse = node.attributes.get('sparse_value');
  if (sparse?.type === 'sparse-tensor') return { ...sparse.value.values, dims: sparse.value.dims };
  return undefined;
}

/** Two nodes that give a value of the constant's type and shape, whatever its size. */
function hollowConstant(output: string, tensor: StoredTensor, names: Namer): Node[] {
  const shape = `${output}:fettle_shape`;
  const type = standInOf(tensor.type);
  const zero = rawTensor('', type, [1], new Uint8Array(ELEMENT_TYPES[type].bits / 8));
  const dims = int64Tensor('', [tensor.dims.length], tensor.dims);
  return [
    plainNode('Constant', [], shape, names(), { type: 'tensor', value: dims }),
    plainNode('ConstantOfShape', [shape], output, names(), { type: 'tensor', value: zero }),
  ];
}

function plainNode(
  opType: string,
  inputs: readonly string[],
  output: string,
  name: string,
  value: Attribute,
): Node {
  return {
    opType,
    domain: '',
    name,
    inputs,
    outputs: [output],
    attributes: new Map([['value', value]]),
  };
}

function standInInfo({ name, type }: ValueInfo): ValueInfo {
  return { name, type: type && standInType(type) };
}
