/** How types pass between a control-flow node and its bodies. Source: ONNX operators If, Loop, Scan, SequenceMap. */
import { type Subgraph, subgraphsOf } from '../../onnx/graph-walk.ts';
import type { Dim, Graph, Node, ValueType } from '../../onnx/model.ts';

type Lookup = (name: string) => ValueType | undefined;

const INT64: ValueType = { kind: 'tensor', elementType: 'int64', shape: [] };
const BOOL: ValueType = { kind: 'tensor', elementType: 'bool', shape: [] };

/** Types of a body's inputs: as declared, else from what the node is given; `undefined` where unknown. */
export function bodyInputTypes(node: Node, body: Graph, outer: Lookup): (ValueType | undefined)[] {
  return body.inputs.map(({ type }, index) => {
    const passed = passedType(node, body, index, outer);
    return type ? refine(type, passed) : passed;
  });
}

function passedType(node: Node, body: Graph, index: number, outer: Lookup): ValueType | undefined {
  const at = (position: number): ValueType | undefined => outer(node.inputs[position] ?? '');
  switch (node.opType) {
    case 'Loop':
      if (index === 0) return INT64;
      if (index === 1) return BOOL;
      // A carried value may change its shape from one round to the next.
      return withShape(at(index), () => null);
    case 'Scan': {
      const type = at(index);
      const states = body.inputs.length - intOf(node, 'num_scan_inputs');
      if (index < states) return type;
      const axis = intsOf(node, 'scan_input_axes')[index - states] ?? 0;
      return withShape(type, (shape) => shape.toSpliced(axis < 0 ? axis + shape.length : axis, 1));
    }
    case 'SequenceMap': {
      const type = at(index);
      return type?.kind === 'sequence' ? type.element : type;
    }
    default:
      return undefined;
  }
}

/** Types of a control-flow node's outputs, from the types of its bodies' outputs: for nodes that onnxruntime could not infer whole. */
export function outputTypesFromBodies(
  node: Node,
  typeInBody: (body: Graph, name: string) => ValueType | undefined,
): (ValueType | undefined)[] {
  const bodies = subgraphsOf(node);
  const outputsOf = ({ graph }: Subgraph) =>
    graph.outputs.map((output) => typeInBody(graph, output.name));
  const [body] = bodies;
  if (!body) return node.outputs.map(() => undefined);
  switch (node.opType) {
    case 'If': {
      const branches = bodies.map(outputsOf);
      return node.outputs.map((_, index) =>
        branches
          .map((types) => types[index])
          .reduce((one, other) => (one && other ? common(one, other) : undefined)),
      );
    }
    case 'Loop': {
      const states = node.inputs.length - 2;
      const types = outputsOf(body).slice(1);
      return node.outputs.map((_, index) =>
        withShape(types[index], (shape) => (index < states ? null : [null, ...shape])),
      );
    }
    case 'Scan': {
      const states = node.inputs.length - intOf(node, 'num_scan_inputs');
      const axes = intsOf(node, 'scan_output_axes');
      return outputsOf(body).map((type, index) =>
        index < states
          ? type
          : withShape(type, (shape) =>
              shape.toSpliced(position(axes[index - states], shape), 0, null),
            ),
      );
    }
    default:
      return node.outputs.map(() => undefined);
  }
}

/** The place of the new axis in a shape that gains one. */
function position(axis = 0, shape: readonly Dim[]): number {
  return axis < 0 ? axis + shape.length + 1 : axis;
}

/** What holds for a value that is one or the other; `undefined` when their element types differ. */
export function common(one: ValueType, other: ValueType): ValueType | undefined {
  if (one.kind !== 'tensor' || other.kind !== 'tensor') return undefined;
  if (one.elementType !== other.elementType) return undefined;
  const { shape } = one;
  const same = shape !== null && shape.length === other.shape?.length;
  return {
    ...one,
    shape: same ? shape.map((dim, axis) => (dim === other.shape?.[axis] ? dim : null)) : null,
  };
}

/** A type with its unknown dims taken from another; itself, the same object, where that adds nothing or contradicts. */
export function refine(type: ValueType, other: ValueType | undefined): ValueType {
  if (type.kind !== 'tensor' || other?.kind !== 'tensor') return type;
  const { shape } = type;
  const theirs = other.shape;
  if (type.elementType !== other.elementType || theirs === null) return type;
  if (shape === null) return { ...type, shape: theirs };
  if (shape.length !== theirs.length) return type;
  const contradicts = shape.some((dim, axis) => {
    const their = theirs[axis];
    return typeof dim === 'number' && typeof their === 'number' && dim !== their;
  });
  const adds = shape.some((dim, axis) => dim === null && (theirs[axis] ?? null) !== null);
  if (contradicts || !adds) return type;
  return { ...type, shape: shape.map((dim, axis) => dim ?? theirs[axis] ?? null) };
}

function withShape(
  type: ValueType | undefined,
  change: (shape: readonly Dim[]) => readonly Dim[] | null,
): ValueType | undefined {
  if (type?.kind !== 'tensor' || type.shape === null) return type;
  return { ...type, shape: change(type.shape) };
}

function intOf(node: Node, name: string): number {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'int' ? Number(attribute.value) : 0;
}

function intsOf(node: Node, name: string): number[] {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'ints' ? attribute.value.map(Number) : [];
}
