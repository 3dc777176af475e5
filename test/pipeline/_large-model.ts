/** A model as large ones are: its weights in a file beside it, some of them in no form that quantization knows. */
import { createRandom } from '../../shared/base/random.ts';
import { makeNode } from '../../shared/onnx/make-node.ts';
import { bytesOf, computedTensor } from '../../shared/onnx/make-tensor.ts';
import type { Model, ValueInfo } from '../../shared/onnx/model.ts';
import type { StoredTensor } from '../../shared/onnx/stored-tensor.ts';
import { writeModel } from '../../shared/onnx/write-model.ts';
import type { StoredArtifact } from '../../shared/pipeline/artifact.ts';
import type { Tools } from '../../shared/pipeline/step.ts';
import { graph, model } from '../onnx/_build.ts';

const WIDTH = 96;
const ROWS = 40;

const value = (name: string, shape: readonly (number | string)[]): ValueInfo => ({
  name,
  type: { kind: 'tensor', elementType: 'float32', shape: [...shape] },
});

/** Products of 96 × 96, one of them too narrow for 1 KB of scales, a table that is looked up, a sum with a large constant. */
export function largeModel(layers = 6): Model {
  const tensors: StoredTensor[] = [];
  const weight = (name: string, dims: readonly number[]): string => {
    const random = createRandom(tensors.length + 1);
    const count = dims.reduce((product, dim) => product * dim, 1);
    tensors.push(
      computedTensor(name, 'float32', dims, () =>
        bytesOf(Float32Array.from({ length: count }, () => random.normal())),
      ),
    );
    return name;
  };
  const nodes = Array.from({ length: layers }, (_, index) => [
    makeNode('MatMul', [`x${index}`, weight(`w${index}`, [WIDTH, WIDTH])], [`m${index}`]),
    makeNode('Relu', [`m${index}`], [`x${index + 1}`]),
  ]).flat();
  nodes.push(
    makeNode('Add', [`x${layers}`, weight('big', [ROWS * 40, WIDTH])], ['sum']),
    makeNode('MatMul', ['sum', weight('narrow', [WIDTH, 64])], ['y']),
  );
  return model(
    graph(nodes, [], [], {
      initializers: new Map(tensors.map((tensor) => [tensor.name, tensor])),
      inputs: [value('x0', [ROWS * 40, WIDTH])],
      outputs: [value('y', [ROWS * 40, 64])],
    }),
  );
}

/** In the store, with its weights beside it. */
export async function storeLarge(
  tools: Pick<Tools, 'store' | 'tempDir'>,
  made = largeModel(),
): Promise<StoredArtifact> {
  const path = `${tools.tempDir}/model.onnx`;
  const { bytes } = writeModel(made, path, { external: 'always' });
  const digest = await tools.store.putFile(`${path}.data`);
  return {
    digest: await tools.store.putFile(path),
    bytes,
    suffix: '.onnx',
    external: [{ location: 'model.onnx.data', digest }],
  };
}
