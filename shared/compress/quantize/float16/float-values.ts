/** Which inputs and outputs of nodes are float32, in every graph of a model. */
import type { Graph, Model, Node, ValueType } from '../../../onnx/model.ts';
import { elementTypes } from '../../../rewrite/element-types.ts';
import type { TypeTable } from '../../../runtime/infer-types.ts';

/** How a value counts: real numbers in a tensor, or in something that is none, or neither. */
export type ValueClass = 'float32' | 'odd' | 'other';

/** Tells the class of a value; a value of unknown type is odd, since it may be real. */
export type Classify = (graph: Graph, value: string) => ValueClass;

/** By inferred types where there are some, else by the signatures of the operators. */
export function classifier(model: Model, types: TypeTable | undefined): Classify {
  const elements = elementTypes(model);
  return (graph, value) => {
    if (value === '') return 'other';
    const type = types?.get(graph, value);
    if (type) return classOf(type);
    const element = elements(graph, value);
    if (element === undefined) return 'odd';
    return element === 'float32' ? 'float32' : 'other';
  };
}

function classOf(type: ValueType): ValueClass {
  switch (type.kind) {
    case 'tensor':
      return type.elementType === 'float32' ? 'float32' : 'other';
    case 'sparse-tensor':
    case 'unknown':
      return 'odd';
    case 'sequence':
    case 'optional':
      return classOf(type.element) === 'other' ? 'other' : 'odd';
    case 'map':
      return classOf(type.value) === 'other' ? 'other' : 'odd';
  }
}

/** Positions of a node's float32 inputs or outputs; `undefined` when one of them is odd. */
export function floatPositions(
  classify: Classify,
  graph: Graph,
  values: Node['inputs'],
): readonly number[] | undefined {
  const positions: number[] = [];
  for (const [position, value] of values.entries()) {
    const found = classify(graph, value);
    if (found === 'odd') return undefined;
    if (found === 'float32') positions.push(position);
  }
  return positions;
}
