/**
 * In which precision each node of a model will run, and which Q/DQ pairs onnxruntime's CPU provider
 * will not fuse: those cost two conversions each and gain nothing.
 */
import { subgraphsOf } from '../onnx/graph-walk.ts';
import type { Graph, Model, Node, ValueType } from '../onnx/model.ts';
import { elementCount } from '../onnx/tensor-data.ts';
import type { TypeTable } from '../runtime/infer-types.ts';
import { fuseNode } from './fusion/fuse-node.ts';
import { INTEGER_OPS, VANISHING_OPS } from './fusion/fusion-rules.ts';
import { QuantizedGraph } from './fusion/quantized-graph.ts';

export interface NotFused {
  readonly node: string;
  readonly op: string;
  readonly reason: string;
  /** Elements that the conversions around it read or write in one run, free dims as 1; absent where no shape is known. */
  readonly elements?: number;
}

export interface Coverage {
  /** Nodes by precision, `float32` or `int8` say; Q, DQ, constants and what vanishes do not count. */
  readonly nodes: Readonly<Record<string, number>>;
  /** The most costly first. */
  readonly notFused: readonly NotFused[];
}

/** `types` gives shapes and element types; without it floats count as float32 and costs are absent. */
export function coverageOf(model: Model, types?: Pick<TypeTable, 'get'>): Coverage {
  const nodes: Record<string, number> = {};
  const notFused: NotFused[] = [];
  const visit = (graph: Graph, outer: QuantizedGraph | undefined): void => {
    const lookup = new QuantizedGraph(graph, outer);
    const typeOf = (name: string): ValueType | undefined => types?.get(graph, name);
    for (const node of graph.nodes) {
      for (const { graph: body } of subgraphsOf(node)) visit(body, lookup);
      if (!isCounted(node)) continue;
      const fusion = fuseNode(lookup, node);
      const precision =
        fusion.kind === 'fused'
          ? `int${fusion.bits}`
          : ownPrecision(node, typeOf(node.outputs[0] ?? ''));
      nodes[precision] = (nodes[precision] ?? 0) + 1;
      if (fusion.kind !== 'not-fused') continue;
      const elements = convertedElements(lookup, node, typeOf);
      notFused.push({
        node: node.name === '' ? (node.outputs[0] ?? '') : node.name,
        op: node.opType,
        reason: fusion.reason,
        ...(elements === undefined ? {} : { elements }),
      });
    }
  };
  visit(model.graph, undefined);
  notFused.sort((a, b) => (b.elements ?? 0) - (a.elements ?? 0));
  return { nodes, notFused };
}

const NOT_COUNTED = new Set(['QuantizeLinear', 'DequantizeLinear', 'Constant']);

function isCounted({ opType }: Node): boolean {
  return !NOT_COUNTED.has(opType) && !VANISHING_OPS.has(opType);
}

/** The precision of a node that no pair surrounds: what it is made for, else what it gives. */
function ownPrecision(node: Node, type: ValueType | undefined): string {
  const bits = node.attributes.get('bits');
  if (bits?.type === 'int' && node.domain === 'com.microsoft') return `int${Number(bits.value)}`;
  if (INTEGER_OPS.has(node.opType)) return 'int8';
  return type?.kind === 'tensor' ? type.elementType : 'float32';
}

/** Elements of the DQ results that the node reads and of the results that it gives to a Q. */
function convertedElements(
  graph: QuantizedGraph,
  node: Node,
  typeOf: (name: string) => ValueType | undefined,
): number | undefined {
  const counts = [
    ...node.inputs.map((name) => {
      const found = graph.dequantized(name);
      if (found === undefined) return 0;
      return found.weight === undefined ? sizeOf(typeOf(name)) : elementCount(found.weight);
    }),
    ...node.outputs.map((name) =>
      graph.onlyQuantizer(name) === undefined ? 0 : sizeOf(typeOf(name)),
    ),
  ];
  let sum = 0;
  for (const count of counts) {
    if (count === undefined) return undefined;
    sum += count;
  }
  return sum;
}

/** `undefined` where the type, or its rank, is not known. */
function sizeOf(type: ValueType | undefined): number | undefined {
  if (type?.kind !== 'tensor' || type.shape === null) return undefined;
  return type.shape.reduce<number>((all, dim) => all * (typeof dim === 'number' ? dim : 1), 1);
}
