/** Computed shapes that come out the same for every input. */
import type { ElementType } from '../onnx/element-type.ts';
import { bytesOf, int64Tensor, rawTensor } from '../onnx/make-tensor.ts';
import type { Node } from '../onnx/model.ts';
import type { StoredTensor } from '../onnx/stored-tensor.ts';
import { SIZE_RULES } from '../rewrite/dims/size-rules.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Pass } from '../rewrite/pass.ts';

export const foldShapes: Pass = {
  name: 'fold-shapes',
  identity: 'Shape(x) and what follows from it alone is constant where the sizes of x are',
  needsTypes: true,
  concerns: (ops) => [...ops].some((name) => Object.hasOwn(SIZE_RULES, name)),
  run: (work) => work.editGraphs(fold),
};

function fold(graph: GraphContext): void {
  const { editor } = graph;
  for (const node of editor.nodes()) {
    if (node.domain !== '' || !(node.opType in SIZE_RULES)) continue;
    const tensor = constantOf(node, graph);
    if (!tensor) continue;
    editor.remove(node);
    editor.addInitializer(tensor);
  }
}

function constantOf(node: Node, graph: GraphContext): StoredTensor | undefined {
  const [output = ''] = node.outputs;
  const sizes = graph.dims.sizes(output);
  const numbers = sizes?.elements.filter((element) => typeof element === 'number');
  if (!sizes || numbers?.length !== sizes.elements.length) return undefined;
  return tensorOf(
    graph.elementTypeOf(output),
    output,
    sizes.rank === 0 ? [] : [numbers.length],
    numbers,
  );
}

function tensorOf(
  type: ElementType | undefined,
  name: string,
  dims: readonly number[],
  values: readonly number[],
): StoredTensor | undefined {
  switch (type) {
    case 'int64':
      return int64Tensor(name, dims, values);
    case 'int32':
      return rawTensor(name, type, dims, bytesOf(Int32Array.from(values)));
    case 'bool':
      return rawTensor(name, type, dims, Uint8Array.from(values));
    default:
      return undefined;
  }
}
