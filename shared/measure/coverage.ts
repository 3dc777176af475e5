/**
 * In which precision each node of a model will run, and which Q/DQ pairs onnxruntime's CPU provider
 * will not fuse: those cost conversions and gain nothing.
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
  /**
   * Milliseconds of the conversions around it in one run, by {@link conversionMs}: what fusing would save at
   * least, since the node itself would then run on integers. Absent where a shape is not known.
   */
  readonly estimatedMs?: number;
}

export interface Coverage {
  /** Nodes by precision, `float32` or `int8` say; Q, DQ, constants and what vanishes do not count. */
  readonly nodes: Readonly<Record<string, number>>;
  /** The most costly first. */
  readonly notFused: readonly NotFused[];
}

/**
 * Milliseconds that one QuantizeLinear or DequantizeLinear of so many elements takes on one thread: an
 * estimate from onnxruntime 1.30 on an x64 CPU with AVX2, where a pair of both took 0.46 and 0.47 ns an
 * element for 1e5 and 1e6 elements, and 1.8 µs for 64. `coverage.slow.test.ts` measures it again.
 */
export const conversionMs = (elements: number): number => 0.9e-3 + 0.235e-6 * elements;

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
      const estimatedMs = conversionsAround(lookup, node, typeOf);
      notFused.push({
        node: node.name === '' ? (node.outputs[0] ?? '') : node.name,
        op: node.opType,
        reason: fusion.reason,
        ...(estimatedMs === undefined ? {} : { estimatedMs }),
      });
    }
  };
  visit(model.graph, undefined);
  notFused.sort((a, b) => (b.estimatedMs ?? 0) - (a.estimatedMs ?? 0));
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

/** Milliseconds of the DQs that the node reads and of the Qs that read it; `undefined` where one has no known shape. */
function conversionsAround(
  graph: QuantizedGraph,
  node: Node,
  typeOf: (name: string) => ValueType | undefined,
): number | undefined {
  const elements = [
    ...node.inputs.flatMap((name) => {
      const found = graph.dequantized(name);
      if (found === undefined) return [];
      return [found.weight === undefined ? sizeOf(typeOf(name)) : elementCount(found.weight)];
    }),
    ...node.outputs.flatMap((name) =>
      graph.onlyQuantizer(name) === undefined ? [] : [sizeOf(typeOf(name))],
    ),
  ];
  let sum = 0;
  for (const count of elements) {
    if (count === undefined) return undefined;
    sum += conversionMs(count);
  }
  return sum;
}

/** Elements; `undefined` where the type, its rank or a dim is not known. */
function sizeOf(type: ValueType | undefined): number | undefined {
  if (type?.kind !== 'tensor' || type.shape === null) return undefined;
  let size = 1;
  for (const dim of type.shape) {
    if (typeof dim !== 'number') return undefined;
    size *= dim;
  }
  return size;
}
