/**
 * Ranks that onnxruntime leaves open although a shape operand tells them: a Reshape to a computed shape
 * of k numbers has rank k. Exporters of dynamic models compute most shapes so.
 */
import type { Node, ValueType } from '../../onnx/model.ts';

type Lookup = (name: string) => ValueType | undefined;

/** Types with a rank for outputs that have none, by name; every dim of theirs is unknown. */
export function rankedTypes(nodes: readonly Node[], typeOf: Lookup): Map<string, ValueType> {
  const found = new Map<string, ValueType>();
  for (const node of nodes) {
    const [output] = node.outputs;
    const type = typeOf(output ?? '');
    if (!output || type?.kind !== 'tensor' || type.shape !== null) continue;
    const rank = outputRank(node, typeOf);
    if (rank !== undefined) found.set(output, { ...type, shape: new Array<null>(rank).fill(null) });
  }
  return found;
}

/** Source: ONNX operators Reshape, ConstantOfShape, Expand, Tile. */
function outputRank(node: Node, typeOf: Lookup): number | undefined {
  if (node.domain !== '') return undefined;
  const [first = '', second = ''] = node.inputs;
  switch (node.opType) {
    case 'Reshape':
    case 'Tile':
      return lengthOf(typeOf(second));
    case 'ConstantOfShape':
      return lengthOf(typeOf(first));
    case 'Expand': {
      const own = rankOf(typeOf(first));
      const other = lengthOf(typeOf(second));
      return own === undefined || other === undefined ? undefined : Math.max(own, other);
    }
    default:
      return undefined;
  }
}

/** The number of elements of a vector. */
function lengthOf(type: ValueType | undefined): number | undefined {
  if (type?.kind !== 'tensor' || type.shape?.length !== 1) return undefined;
  const [length] = type.shape;
  return typeof length === 'number' ? length : undefined;
}

function rankOf(type: ValueType | undefined): number | undefined {
  return type?.kind === 'tensor' ? type.shape?.length : undefined;
}
