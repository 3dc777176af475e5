/** A large model as users have it: an exact optimization takes nodes out of it, and looks at small constants beside it. */
import { makeNode } from '../../shared/onnx/make-node.ts';
import { bytesOf, computedTensor, float32Tensor } from '../../shared/onnx/make-tensor.ts';
import type { Model, Node, ValueInfo } from '../../shared/onnx/model.ts';
import type { StoredTensor } from '../../shared/onnx/stored-tensor.ts';
import { largeModel } from './_large-model.ts';

/** Their square in float32 is more than 1 MiB: not looked at whole, and computed only when it is written. */
const CHANNELS = 520;

/**
 * `plain`: large weights stay. `scaled`: a BatchNormalization goes into some. `equal`: two are equal, of which one goes.
 * `transposed`: one is computed with by onnxruntime.
 */
export type SourceKind = 'plain' | 'scaled' | 'equal' | 'transposed';

export function largeSource(kind: SourceKind): Model {
  const made = largeModel(2);
  const { graph } = made;
  const tensors: StoredTensor[] = [float32Tensor('zeros', [CHANNELS], new Float32Array(CHANNELS))];
  const nodes: Node[] = [makeNode('Identity', ['x0'], ['first'])];
  const old = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => (name === 'x0' ? 'first' : name)),
  }));
  const outputs = [...graph.outputs];
  const wide = (name: string, more: readonly number[] = []): StoredTensor =>
    computedTensor(name, 'float32', [CHANNELS, CHANNELS, ...more], () =>
      bytesOf(Float32Array.from({ length: CHANNELS * CHANNELS }, (_, at) => (at % 97) / 100)),
    );
  if (kind === 'scaled') {
    tensors.push(
      wide('kernel', [1, 1]),
      ...['scale', 'variance'].map((name) =>
        float32Tensor(name, [CHANNELS], new Float32Array(CHANNELS).fill(2)),
      ),
    );
    nodes.push(
      makeNode('Conv', ['image', 'kernel'], ['convolved']),
      makeNode(
        'BatchNormalization',
        ['convolved', 'scale', 'zeros', 'zeros', 'variance'],
        ['scaled'],
      ),
    );
    outputs.push({ name: 'scaled', type: null });
  }
  if (kind === 'equal') {
    tensors.push(wide('one'), wide('other'));
    nodes.push(
      makeNode('MatMul', ['vectors', 'one'], ['between']),
      makeNode('MatMul', ['between', 'other'], ['second']),
    );
  }
  if (kind === 'transposed') {
    tensors.push(wide('one'));
    nodes.push(
      makeNode('Transpose', ['one'], ['turned'], { perm: [1, 0] }),
      makeNode('MatMul', ['vectors', 'turned'], ['second']),
    );
  }
  const inputs = [...graph.inputs];
  if (kind === 'scaled') inputs.push(value('image', [1, CHANNELS, 2, 2]));
  if (kind === 'equal' || kind === 'transposed') {
    inputs.push(value('vectors', [1, CHANNELS]));
    outputs.push(value('second', [1, CHANNELS]));
  }
  return {
    ...made,
    graph: {
      ...graph,
      nodes: [...nodes, ...old],
      initializers: new Map([
        ...graph.initializers,
        ...tensors.map((tensor): [string, StoredTensor] => [tensor.name, tensor]),
      ]),
      inputs,
      outputs,
    },
  };
}

const value = (name: string, shape: readonly number[]): ValueInfo => ({
  name,
  type: { kind: 'tensor', elementType: 'float32', shape },
});
