/**
 * Second moments of what a weighted node multiplies its weights with: X·Xᵀ over all positions and
 * samples, computed inside the graph, so that activations never leave the runtime.
 *
 * A Conv's patches come from a depthwise Conv with one-hot kernels, in the order of its weights. A row of
 * ones is added to X: its products are the sums of X and the count of positions.
 */
import { float32Tensor } from '../../../../onnx/make-tensor.ts';
import type { WeightedNode } from '../weighted-nodes.ts';
import { Steps } from './steps.ts';
import type { Tap } from './tap.ts';

/** How the columns of a node's weights are cut: matrices grow with the square. */
export interface MomentShape {
  /** Matrices of one group. */
  readonly blocks: number;
  /** Columns of a block. */
  readonly size: number;
}

/** A Cholesky factor of this many columns takes 0.1 s; wider inputs are cut into blocks of whole channels. */
const MAX_COLUMNS = 768;
/** Positions of one sample that are used, evenly spread. */
const MAX_POSITIONS = 1024;

/** Undefined where one kernel alone is too large. */
export function momentShape({ op, weight, columns }: WeightedNode): MomentShape | undefined {
  const kernel = op === 'Conv' ? weight.dims.slice(2).reduce((a, b) => a * b, 1) : 1;
  const channels = columns / kernel;
  for (let blocks = 1; blocks <= channels; blocks++) {
    const size = columns / blocks;
    if (channels % blocks === 0 && size <= MAX_COLUMNS) return { blocks, size };
  }
  return undefined;
}

/** The tap whose result is [groups · blocks, size + 1, size + 1]. */
export function momentTap(node: WeightedNode, { blocks, size }: MomentShape): Tap {
  const count = node.groups * blocks;
  return {
    ref: { scope: node.ref.scope, name: node.input },
    fold: 'sum',
    dims: [count, size + 1, size + 1],
    build: (graph, input) => {
      const steps = new Steps(graph);
      const columns =
        node.op === 'Conv'
          ? steps.add('Reshape', [patches(steps, node, input), steps.ints(0, count, size, -1)])
          : steps.add(
              'Transpose',
              [steps.add('Reshape', [input, steps.ints(1, -1, count, size)])],
              { perm: { type: 'ints', value: [0, 2, 3, 1] } },
            );
      const some = steps.spread(columns, 3, MAX_POSITIONS);
      const first = steps.add('Slice', [some, ...[0, 1, 2].map((value) => steps.ints(value))]);
      // Ones of the same shape; a NaN gives 0 and is found in the products anyway.
      const ones = steps.toFloat(steps.add('Equal', [first, first]));
      const withOnes = steps.add('Concat', [some, ones], {
        axis: { type: 'int', value: 2 },
      });
      const turned = steps.add('Transpose', [withOnes], {
        perm: { type: 'ints', value: [0, 1, 3, 2] },
      });
      const product = steps.add('MatMul', [withOnes, turned]);
      steps.add('ReduceSum', [product, steps.ints(0)], { keepdims: { type: 'int', value: 0 } });
      return steps.nodes;
    },
  };
}

/** The input itself for a 1×1 Conv that moves by 1; else its patches, [N, channels · kernel, …]. */
function patches(steps: Steps, { node, weight, groups }: WeightedNode, input: string): string {
  const kernel = weight.dims.slice(2);
  const size = kernel.reduce((product, dim) => product * dim, 1);
  const isPlain = ['strides', 'pads'].every((name) => {
    const attribute = node.attributes.get(name);
    const plain = name === 'strides' ? 1 : 0;
    return (
      attribute === undefined ||
      (attribute.type === 'ints' && attribute.value.every((value) => Number(value) === plain))
    );
  });
  if (size === 1 && isPlain) return input;
  const channels = (weight.dims[1] ?? 0) * groups;
  const oneHot = new Float32Array(channels * size * size);
  for (let output = 0; output < channels * size; output++)
    oneHot[output * size + (output % size)] = 1;
  const kernels = steps.constant(float32Tensor('', [channels * size, 1, ...kernel], oneHot));
  return steps.add('Conv', [input, kernels], {
    ...Object.fromEntries(node.attributes),
    group: { type: 'int', value: channels },
  });
}
