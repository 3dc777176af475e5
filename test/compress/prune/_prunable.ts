/** A network with every kind of layer that pruning meets, and what is left of its weights. */
import { makeNode } from '../../../shared/onnx/make-node.ts';
import { float32Tensor } from '../../../shared/onnx/make-tensor.ts';
import type { Model } from '../../../shared/onnx/model.ts';
import { floatValues } from '../../../shared/onnx/tensor-data.ts';
import { float32, modelOf, normals, weight } from '../quantize/_numeric.ts';

/** Conv, depthwise Conv, Conv of much smaller weights, Gemm. */
export function smallNetwork(): Model {
  return modelOf(
    [
      makeNode('Conv', ['x', 'first'], ['a'], {}, 'c1'),
      makeNode('Relu', ['a'], ['b']),
      makeNode('Conv', ['b', 'depthwise'], ['c'], { group: 32 }),
      makeNode('Conv', ['c', 'second'], ['d'], {}, 'c2'),
      makeNode('GlobalAveragePool', ['d'], ['e']),
      makeNode('Flatten', ['e'], ['f']),
      makeNode('Gemm', ['f', 'dense', 'bias'], ['y'], { transB: 1 }, 'fc'),
    ],
    [float32('x', ['n', 3, 8, 8])],
    [float32('y', ['n', 10])],
    [
      weight('first', [32, 3, 3, 3]),
      weight('depthwise', [32, 1, 3, 3]),
      float32Tensor(
        'second',
        [40, 32, 1, 1],
        normals(40 * 32, 5).map((value) => value / 100),
      ),
      weight('dense', [10, 40]),
      weight('bias', [10]),
    ],
  );
}

/** The values of an initializer of the main graph. */
export function valuesOf({ graph }: Model, name: string): Float32Array {
  const tensor = graph.initializers.get(name);
  if (!tensor) throw new Error(`no ${name}`);
  return floatValues(tensor);
}

export const zerosIn = (values: Iterable<number>): number => {
  let count = 0;
  for (const value of values) if (value === 0) count++;
  return count;
};
