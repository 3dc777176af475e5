/** Small CNNs: 28 × 28 → conv → pool → conv → pool → 10 classes. */
import { createRandom } from '../shared/base/random.ts';
import { makeNode } from '../shared/onnx/make-node.ts';
import { float32Tensor } from '../shared/onnx/make-tensor.ts';
import type { Model } from '../shared/onnx/model.ts';
import type { StoredTensor } from '../shared/onnx/stored-tensor.ts';
import { benchModel, float32 } from './_bench-model.ts';

interface Shape {
  /** Channels of the two convolutions. */
  readonly widths: readonly [number, number];
  /** Of the convolutions, on each side. */
  readonly pad: 0 | 1;
}

/** That training is timed on: 20,490 weights. */
const TIMED: Shape = { widths: [16, 32], pad: 1 };

/** As of https://keras.io/examples/vision/mnist_convnet: 34,826 weights. */
export const MNIST_CONVNET: Shape = { widths: [32, 64], pad: 0 };

/** With random weights (He et al., 2015). */
export function smallCnn(seed = 1, { widths: [first, second], pad }: Shape = TIMED): Model {
  const random = createRandom(seed, 'small cnn');
  const initializers = new Map<string, StoredTensor>();
  const weights = (name: string, dims: readonly number[], columns: number): string => {
    const count = dims.reduce((product, size) => product * size, 1);
    const scale = columns === 0 ? 0 : Math.sqrt(2 / columns);
    const values = Float32Array.from({ length: count }, () => scale * random.normal());
    initializers.set(name, float32Tensor(name, dims, values));
    return name;
  };
  const conv = (input: string, output: string, from: number, to: number) =>
    makeNode(
      'Conv',
      [input, weights(`${output}_w`, [to, from, 3, 3], from * 9), weights(`${output}_b`, [to], 0)],
      [output],
      { kernel_shape: [3, 3], pads: [pad, pad, pad, pad] },
    );
  const pool = (input: string, output: string) =>
    makeNode('MaxPool', [input], [output], { kernel_shape: [2, 2], strides: [2, 2] });
  const columns = second * (pad === 1 ? 7 : 5) ** 2;
  const nodes = [
    conv('x', 'c1', 1, first),
    makeNode('Relu', ['c1'], ['r1']),
    pool('r1', 'p1'),
    conv('p1', 'c2', first, second),
    makeNode('Relu', ['c2'], ['r2']),
    pool('r2', 'p2'),
    makeNode('Flatten', ['p2'], ['f']),
    makeNode(
      'Gemm',
      ['f', weights('dense_w', [columns, 10], columns), weights('dense_b', [10], 0)],
      ['logits'],
    ),
    makeNode('Softmax', ['logits'], ['p']),
  ];
  const [input, output] = [float32('x', ['n', 1, 28, 28]), float32('p', ['n', 10])];
  return benchModel({ nodes, initializers, input, output });
}
