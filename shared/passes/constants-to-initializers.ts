/** Constant nodes become initializers: one form of constant for all later passes, and no node at run time. */
import { bytesOf, float32Tensor, rawTensor } from '../onnx/make-tensor.ts';
import type { Attribute, Int64, Node } from '../onnx/model.ts';
import type { StoredTensor } from '../onnx/stored-tensor.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Pass } from '../rewrite/pass.ts';
import { refuse } from '../rewrite/refusal.ts';

export const constantsToInitializers: Pass = {
  name: 'constants-to-initializers',
  identity: 'y = Constant(c) is the initializer y = c',
  needsTypes: false,
  run: (work) => work.editGraphs(move),
};

function move(graph: GraphContext): void {
  const { editor } = graph;
  for (const node of editor.nodes()) {
    if (node.opType !== 'Constant' || node.domain !== '') continue;
    const [output = ''] = node.outputs;
    const tensor = tensorOf(node, output);
    if (!tensor) {
      graph.refuse(refuse('it holds a sparse tensor', node));
      continue;
    }
    editor.remove(node);
    editor.addInitializer(tensor);
  }
}

function tensorOf(node: Node, name: string): StoredTensor | undefined {
  for (const attribute of node.attributes.values()) {
    const tensor = attributeTensor(name, attribute);
    if (tensor) return tensor;
  }
  return undefined;
}

/** A Constant has one attribute; its kind tells type and rank. */
function attributeTensor(name: string, attribute: Attribute): StoredTensor | undefined {
  switch (attribute.type) {
    case 'tensor':
      return { ...attribute.value, name };
    case 'float':
      return float32Tensor(name, [], [attribute.value]);
    case 'floats':
      return float32Tensor(name, [attribute.value.length], attribute.value);
    case 'int':
      return integers(name, [], [attribute.value]);
    case 'ints':
      return integers(name, [attribute.value.length], attribute.value);
    case 'string':
      return strings(name, [], [attribute.value]);
    case 'strings':
      return strings(name, [attribute.value.length], attribute.value);
    default:
      return undefined;
  }
}

function integers(name: string, dims: readonly number[], values: readonly Int64[]): StoredTensor {
  return rawTensor(name, 'int64', dims, bytesOf(BigInt64Array.from(values, BigInt)));
}

function strings(
  name: string,
  dims: readonly number[],
  values: readonly Uint8Array[],
): StoredTensor {
  return { name, type: 'string', dims, storage: { kind: 'strings', values } };
}
