/** How large a model is and how much it computes. */
import { product } from '../../../base/product.ts';
import { intOf } from '../../../onnx/attributes.ts';
import { GraphEditor } from '../../../onnx/graph-editor.ts';
import { allGraphs } from '../../../onnx/graph-walk.ts';
import type { Model, Node, ValueType } from '../../../onnx/model.ts';
import { elementCount } from '../../../onnx/tensor-data.ts';
import { isFloat } from '../../../rewrite/constants.ts';
import type { KnownTypes } from '../../../rewrite/graph-context.ts';
import type { ModelSize } from './slim-plan.ts';

/** With types of a sample's size; a free size among them makes multiply-adds unknown. */
export function modelSize(model: Model, types: KnownTypes): ModelSize {
  return { parameters: parametersOf(model), multiplyAdds: multiplyAddsOf(model, types) };
}

/** Elements of all constants of real numbers, in all graphs, that are used. */
function parametersOf(model: Model): number {
  let count = 0;
  for (const { graph } of allGraphs(model.graph)) {
    const editor = new GraphEditor(graph, { irVersion: model.irVersion });
    for (const [name, tensor] of graph.initializers)
      if (isFloat(tensor.type) && editor.isUsed(name)) count += elementCount(tensor);
    for (const { opType, attributes } of graph.nodes) {
      const value = opType === 'Constant' ? attributes.get('value') : undefined;
      if (value?.type === 'tensor' && isFloat(value.value.type)) count += elementCount(value.value);
    }
  }
  return count;
}

/** Of the products with weights and of values with each other, in the main graph. */
function multiplyAddsOf(model: Model, types: KnownTypes): number | null {
  const shapeOf = (name = ''): readonly number[] | undefined => {
    const tensor = model.graph.initializers.get(name);
    return tensor?.dims ?? staticShape(types.get(model.graph, name));
  };
  let total = 0;
  for (const node of model.graph.nodes) {
    const count = productsOf(node, shapeOf);
    if (count === undefined) return null;
    total += count;
  }
  return total;
}

function productsOf(
  node: Node,
  shapeOf: (name?: string) => readonly number[] | undefined,
): number | undefined {
  const { domain, opType, inputs, outputs } = node;
  if (domain !== '' || !PRODUCTS.has(opType)) return 0;
  const [a, b, output] = [shapeOf(inputs[0]), shapeOf(inputs[1]), shapeOf(outputs[0])];
  if (!a || !b) return undefined;
  switch (opType) {
    case 'Conv':
      return output && (product(output) * product(b)) / (b[0] ?? 1);
    case 'ConvTranspose':
      return (product(a) * product(b)) / (b[0] ?? 1);
    case 'LSTM':
    case 'GRU':
    case 'RNN': {
      const recurrent = shapeOf(inputs[2]);
      return recurrent && (a[0] ?? 1) * (a[1] ?? 1) * (product(b) + product(recurrent));
    }
    case 'Gemm': {
      const isTurned = intOf(node, 'transA', 0) === 1;
      return output && product(output) * (a[isTurned ? 0 : 1] ?? 1);
    }
    default:
      return output && product(output) * (a.at(-1) ?? 1);
  }
}

const PRODUCTS: ReadonlySet<string> = new Set([
  'Conv',
  'ConvTranspose',
  'GRU',
  'Gemm',
  'LSTM',
  'MatMul',
  'RNN',
]);

function staticShape(type: ValueType | undefined): readonly number[] | undefined {
  const shape = type?.kind === 'tensor' ? type.shape : undefined;
  return shape?.every((dim) => typeof dim === 'number') ? shape : undefined;
}
