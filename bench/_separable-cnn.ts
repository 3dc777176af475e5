/** A narrow CNN as phones have them: 28 × 28 → conv by 2 → blocks of depthwise and pointwise convolutions → mean → 10 classes. */
import { createRandom } from '../shared/base/random.ts';
import { makeNode } from '../shared/onnx/make-node.ts';
import { float32Tensor } from '../shared/onnx/make-tensor.ts';
import type { Model, Node } from '../shared/onnx/model.ts';
import type { StoredTensor } from '../shared/onnx/stored-tensor.ts';
import { benchModel, float32 } from './_bench-model.ts';

/** With random weights (He et al., 2015), and BatchNormalization behind every convolution. */
export function separableCnn(seed: number, width: number, blocks: number): Model {
  const random = createRandom(seed, 'separable cnn');
  const initializers = new Map<string, StoredTensor>();
  const nodes: Node[] = [];
  const add = (name: string, dims: readonly number[], value: () => number): string => {
    const count = dims.reduce((product, size) => product * size, 1);
    initializers.set(name, float32Tensor(name, dims, Float32Array.from({ length: count }, value)));
    return name;
  };
  const weights = (name: string, dims: readonly number[]): string => {
    const columns = dims.slice(1).reduce((product, size) => product * size, 1);
    return add(name, dims, () => Math.sqrt(2 / columns) * random.normal());
  };
  const conv = (input: string, name: string, dims: readonly number[], stride = 1, group = 1) => {
    const [, , size = 1] = dims;
    const pad = (size - 1) / 2;
    const attributes = { pads: [pad, pad, pad, pad], strides: [stride, stride], group };
    const norms = [1, 0, 0, 1].map((value, at) => add(`${name}_n${at}`, [width], () => value));
    nodes.push(
      makeNode('Conv', [input, weights(`${name}_w`, dims)], [`${name}_c`], attributes),
      makeNode('BatchNormalization', [`${name}_c`, ...norms], [`${name}_b`]),
      makeNode('Relu', [`${name}_b`], [name]),
    );
    return name;
  };
  let value = conv('x', 'stem', [width, 1, 3, 3], 2);
  for (let block = 1; block <= blocks; block++) {
    const stride = block === Math.ceil(blocks / 2) ? 2 : 1;
    const deep = conv(value, `deep${block}`, [width, 1, 3, 3], stride, width);
    value = conv(deep, `point${block}`, [width, width, 1, 1]);
  }
  const dense = [weights('dense_w', [10, width]), add('dense_b', [10], () => 0)];
  nodes.push(
    makeNode('GlobalAveragePool', [value], ['mean']),
    makeNode('Flatten', ['mean'], ['flat']),
    makeNode('Gemm', ['flat', ...dense], ['logits'], { transB: 1 }),
    makeNode('Softmax', ['logits'], ['p']),
  );
  const [input, output] = [float32('x', ['n', 1, 28, 28]), float32('p', ['n', 10])];
  return benchModel({ nodes, initializers, input, output });
}
