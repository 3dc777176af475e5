/** Which constants of a model are its weights: those that training moves. */
import { subgraphsOf } from '../onnx/graph-walk.ts';
import type { Graph, Model, Node } from '../onnx/model.ts';
import { elementCount } from '../onnx/tensor-data.ts';

/** Positions of parameters, by op type. */
const PARAMETERS: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [0, 1, 2],
  MatMul: [0, 1],
  FusedMatMul: [0, 1],
  Einsum: [0, 1, 2],
  BatchNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  GroupNormalization: [1, 2],
  RMSNormalization: [1],
  SimplifiedLayerNormalization: [1],
  PRelu: [1],
  LSTM: [1, 2, 3, 7],
  GRU: [1, 2, 3],
  RNN: [1, 2, 3],
};

/** What a weight may go through before it is used: layouts, and quantizers of a model that learns to be quantized. */
const ON_THE_WAY: ReadonlySet<string> = new Set([
  'Identity',
  'Transpose',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
  'Slice',
  'Split',
  'Concat',
  'Clip',
  'Round',
  'Add',
  'Sub',
  'Mul',
  'Div',
  'QuantizeLinear',
  'DequantizeLinear',
]);

/** Operands beside a layer's output: biases and scales that are nodes of their own. */
const ELEMENTWISE: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div']);

/**
 * Names of float32 initializers, in the graph's order: kernels, matrices, biases, scales, embeddings. Left out are
 * constants of shapes and scales that belong to no layer (ε, factors, masks, grids), and moments of norms.
 */
export function trainableWeights({ graph }: Model): readonly string[] {
  const walk = new Walk(graph);
  const found = new Set<string>();
  for (const node of nodesOf(graph)) for (const name of walk.weightsOf(node)) found.add(name);
  return [...graph.initializers.keys()].filter((name) => found.has(name));
}

/** Nodes of a graph, and of the steps that it repeats: these are trained through, too. */
const nodesOf = (graph: Graph): Node[] =>
  graph.nodes.flatMap((node) => [
    ...(node.opType === 'Scan' ? subgraphsOf(node) : []).flatMap((body) => nodesOf(body.graph)),
    node,
  ]);

class Walk {
  readonly #graph: Graph;
  readonly #producers = new Map<string, Node>();
  /** Values that depend on no input. */
  readonly #constants: Set<string>;

  constructor(graph: Graph) {
    this.#graph = graph;
    const fed = new Set(graph.inputs.map(({ name }) => name));
    this.#constants = new Set([...graph.initializers.keys()].filter((name) => !fed.has(name)));
    for (const node of nodesOf(graph)) {
      const isConstant = node.inputs.every((name) => name === '' || this.#constants.has(name));
      for (const output of node.outputs) {
        this.#producers.set(output, node);
        if (isConstant && output !== '') this.#constants.add(output);
      }
    }
  }

  weightsOf(node: Node): readonly string[] {
    const { opType, inputs } = node;
    const positions = PARAMETERS[opType];
    if (positions) return positions.flatMap((position) => this.#sources(inputs[position] ?? ''));
    if (opType === 'Gather') return this.#tables(inputs[0] ?? '');
    if (ELEMENTWISE.has(opType)) return this.#channelConstants(node);
    return [];
  }

  /** The initializers of which a constant value is made. */
  #sources(value: string): readonly string[] {
    if (!this.#constants.has(value)) return [];
    const tensor = this.#graph.initializers.get(value);
    if (tensor) return tensor.type === 'float32' ? [value] : [];
    const node = this.#producers.get(value);
    if (!node || !ON_THE_WAY.has(node.opType)) return [];
    const parts = node.opType === 'Concat' ? node.inputs : node.inputs.slice(0, 1);
    return parts.flatMap((part) => this.#sources(part));
  }

  /** Embeddings: rows of a matrix by number. */
  #tables(value: string): readonly string[] {
    return this.#sources(value).filter(
      (name) => (this.#graph.initializers.get(name)?.dims.length ?? 0) > 1,
    );
  }

  /** A number a channel, right behind the layer that gives the channels. */
  #channelConstants({ inputs }: Node): readonly string[] {
    const [a = '', b = ''] = inputs;
    const [value, constant] = this.#constants.has(b) ? [a, b] : [b, a];
    const channels = this.#channelsOf(value);
    return this.#sources(constant).filter((name) => {
      const tensor = this.#graph.initializers.get(name);
      return tensor !== undefined && elementCount(tensor) === channels;
    });
  }

  #channelsOf(value: string): number | undefined {
    const node = this.#producers.get(value);
    const [weight] = node ? this.#sources(node.inputs[1] ?? '') : [];
    const dims = this.#graph.initializers.get(weight ?? '')?.dims;
    if (!node || !dims) return undefined;
    const attribute = (name: string, fallback: number): number => {
      const found = node.attributes.get(name);
      return found?.type === 'int' ? Number(found.value) : fallback;
    };
    switch (node.opType) {
      case 'Conv':
        return dims[0];
      case 'ConvTranspose':
        return (dims[1] ?? 0) * attribute('group', 1);
      case 'MatMul':
        return dims.at(-1);
      case 'Gemm':
        return attribute('transB', 0) === 1 ? dims[0] : dims[1];
      case 'BatchNormalization':
        return dims[0];
      default:
        return undefined;
    }
  }
}
