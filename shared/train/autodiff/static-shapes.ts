/** Shapes of the values that gradients flow through, none of their sizes free: what gradients are made over. */
import { UnsupportedError } from '../../base/errors.ts';
import type { ElementType } from '../../onnx/element-type.ts';
import { allGraphs } from '../../onnx/graph-walk.ts';
import type { Dim, Graph, Model, Node, ValueInfo, ValueType } from '../../onnx/model.ts';
import { inferTypes } from '../../runtime/infer-types.ts';
import { type Shape, sameShape } from '../emitter.ts';

/** Of a value whose sizes depend on data: nothing is trained through it. */
export const NOT_FIXED: Shape = [Number.NaN];

/** Of a floating-point value that is not float32: nothing is trained through it either. */
export const OTHER_FLOAT: Shape = [Number.NaN];

const OTHER_FLOATS: readonly ElementType[] = ['float16', 'bfloat16', 'float64'];

/**
 * Of all float32 values, and of those that QuantizeLinear made, which stand for float32 ones: their gradients are by
 * what DequantizeLinear makes of them. Values of other types are left out: nothing flows back through them. The batch
 * must be fixed before. Values of bodies are among them, by the same names. Inner values may be {@link NOT_FIXED} or {@link OTHER_FLOAT}.
 * @throws UnsupportedError for an input or output whose sizes depend on data
 */
export async function staticShapes(model: Model): Promise<ReadonlyMap<string, Shape>> {
  const graph = withOpenBodies(model.graph);
  const shapes = new Map<string, Shape>();
  for (const [name, { type, dims }] of graph.initializers)
    if (type === 'float32') shapes.set(name, dims);
  const table = await inferTypes({ ...model, graph });
  for (const { graph: own } of allGraphs(graph)) {
    const types = table.of(own);
    const quantized = quantizedValues(own, types);
    for (const [name, type] of types) {
      const shape = flowing(type, quantized.has(name));
      const known = shapes.get(name);
      // Bodies beside each other may use a name for two values.
      const isOther = own !== graph && known && shape && !sameShape(known, shape);
      if (shape) shapes.set(name, isOther ? NOT_FIXED : shape);
    }
  }
  for (const { name } of [...graph.inputs, ...graph.outputs])
    if (shapes.get(name) === NOT_FIXED)
      throw new UnsupportedError(
        `the shape of ${name} is not fixed, so that nothing can be trained through it`,
        {
          where: name,
          hint: 'Give the shapes of the inputs.',
        },
      );
  return shapes;
}

/** Bodies of Scan declare free sizes by names, which would be believed before those that are fed. */
function withOpenBodies(graph: Graph): Graph {
  const nodes = graph.nodes.map((node): Node => {
    const body = node.opType === 'Scan' ? node.attributes.get('body') : undefined;
    if (body?.type !== 'graph') return node;
    const inner = withOpenBodies(body.value);
    const open = (info: ValueInfo): ValueInfo => ({ ...info, type: null });
    const value = {
      ...inner,
      inputs: inner.inputs.map(open),
      outputs: inner.outputs.map(open),
      valueInfo: new Map(),
    };
    return {
      ...node,
      attributes: new Map([...node.attributes, ['body', { type: 'graph', value }]]),
    };
  });
  return { ...graph, nodes };
}

function flowing(type: ValueType, isQuantized: boolean): Shape | undefined {
  if (type.kind !== 'tensor') return undefined;
  const { elementType, shape } = type;
  if (OTHER_FLOATS.includes(elementType)) return OTHER_FLOAT;
  if (elementType !== 'float32' && !isQuantized) return undefined;
  return shape && isStatic(shape) ? shape : NOT_FIXED;
}

/** Results of QuantizeLinear, and what ops of that type make of them: they are moved, joined, pooled. */
function quantizedValues(graph: Graph, types: ReadonlyMap<string, ValueType>): ReadonlySet<string> {
  const elementType = (name: string): ElementType | undefined => {
    const type = types.get(name);
    return type?.kind === 'tensor' ? type.elementType : undefined;
  };
  const found = new Set<string>();
  for (const { opType, domain, inputs, outputs } of graph.nodes) {
    const [from = ''] = inputs.filter((input) => found.has(input));
    const isQuantizer =
      opType === 'QuantizeLinear' && (domain === '' || domain === 'com.microsoft');
    for (const output of outputs)
      if (isQuantizer || (from !== '' && elementType(output) === elementType(from)))
        found.add(output);
  }
  return found;
}

const isStatic = (shape: readonly Dim[]): shape is readonly number[] =>
  shape.every((dim) => typeof dim === 'number');
