/** A small network of two products in 4 bits, inputs whose elements move together, and what is planned for it. */
import { createRandom } from '../../../../shared/base/random.ts';
import type { SampleSource } from '../../../../shared/compress/quantize/int8/context.ts';
import { planWeights } from '../../../../shared/compress/quantize/weights/plan-weights.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { float32, modelOf, weight } from '../_numeric.ts';
import { tensorOf } from '../int8/_samples.ts';

export const NETWORK = modelOf(
  [
    makeNode('MatMul', ['x', 'w'], ['h'], {}, 'first'),
    makeNode('Relu', ['h'], ['r']),
    makeNode('Gemm', ['r', 'v', 'b'], ['y'], {}, 'second'),
  ],
  [float32('x', ['n', 96])],
  [float32('y', ['n', 48])],
  [weight('w', [96, 64]), weight('v', [64, 48]), weight('b', [48])],
);

export const planFor = (model: Model = NETWORK) =>
  planWeights(model, 'int4', undefined, { hardware: 'x64' });

/** Rows of 16 positions. `shared`: how much of each element is common to all. */
export function togetherSource(length: number, shared = 1, width = 96): SampleSource {
  const sample = async (index: number) => {
    const random = createRandom(500 + index);
    const rows = Array.from({ length: 16 }, () => {
      const common = [random.normal(), random.normal(), random.normal()];
      return Array.from(
        { length: width },
        (_, at) => shared * (common[at % 3] ?? 0) + 0.2 * random.normal(),
      );
    });
    return { x: tensorOf([16, width], rows.flat()) };
  };
  return { length, sample };
}

/** Three products of one input, two of them with the same weights; one of another input; a Conv. */
export const SHARED = modelOf(
  [
    makeNode('MatMul', ['x', 'w'], ['a']),
    makeNode('MatMul', ['x', 'v'], ['b']),
    makeNode('MatMul', ['z', 'w'], ['d']),
    makeNode('Gemm', ['x', 'u'], ['e'], { transB: 1 }),
    makeNode('Conv', ['p', 'c'], ['q'], { pads: [1, 1, 1, 1] }),
  ],
  [float32('x', ['n', 40]), float32('z', ['m', 40]), float32('p', [1, 2, 5, 5])],
  ['a', 'b', 'd', 'e', 'q']
    .map((name) => float32(name, []))
    .map(({ name }) => ({ name, type: null })),
  [weight('w', [40, 32]), weight('v', [40, 32]), weight('u', [32, 40]), weight('c', [32, 2, 3, 3])],
);
