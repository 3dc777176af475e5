/** What a weighted node multiplies its weights with, read element by element; and small integers, whose sums are exact in float32. */
import { createRandom } from '../../../../../shared/base/random.ts';
import type { Tensor } from '../../../../../shared/base/tensor.ts';
import type { WeightedNode } from '../../../../../shared/compress/quantize/int8/weighted-nodes.ts';
import type { Model } from '../../../../../shared/onnx/model.ts';
import { tensorOf } from '../_samples.ts';

const product = (dims: readonly number[]): number => dims.reduce((all, dim) => all * dim, 1);

/** Integers from −4 to 4 of a seed: no sum of their products comes near 2^24. */
export function integers(dims: readonly number[], seed: number): Tensor {
  const random = createRandom(seed);
  return tensorOf(
    dims,
    Array.from({ length: product(dims) }, () => random.below(9) - 4),
  );
}

/** The model with inner values as its outputs. */
export const withOutputs = (model: Model, names: readonly string[]): Model => ({
  ...model,
  graph: { ...model.graph, outputs: names.map((name) => ({ name, type: null })) },
});

/** Of each group, a vector for every position: [group][position][column]. */
export function columnsOf(node: WeightedNode, input: Tensor): number[][][] {
  const values = Array.from(input.data, Number);
  if (node.op !== 'Conv') {
    const { columns } = node;
    const count = values.length / columns;
    return [
      Array.from({ length: count }, (_, at) => values.slice(at * columns, (at + 1) * columns)),
    ];
  }
  const [, own = 0, ...kernel] = node.weight.dims;
  const [batch = 0, , ...space] = input.dims;
  const ints = (name: string, byDefault: number): readonly number[] => {
    const attribute = node.node.attributes.get(name);
    return attribute?.type === 'ints'
      ? attribute.value.map(Number)
      : Array.from({ length: 2 * kernel.length }, () => byDefault);
  };
  const [strides, dilations, pads] = [ints('strides', 1), ints('dilations', 1), ints('pads', 0)];
  const size = space.map((length, axis) => {
    const padded = length + (pads[axis] ?? 0) + (pads[axis + kernel.length] ?? 0);
    const reach = (dilations[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1;
    return Math.floor((padded - reach) / (strides[axis] ?? 1)) + 1;
  });
  const element = (sample: number, channel: number, at: readonly number[]): number => {
    const isOutside = at.some((place, axis) => place < 0 || place >= (space[axis] ?? 0));
    const offset = at.reduce((sum, place, axis) => sum * (space[axis] ?? 0) + place, 0);
    const plane = sample * own * node.groups + channel;
    return isOutside ? 0 : (values[plane * product(space) + offset] ?? Number.NaN);
  };
  return Array.from({ length: node.groups }, (_, group) =>
    indices([batch, ...size]).map(([sample = 0, ...place]) =>
      indices([own, ...kernel]).map(([channel = 0, ...tap]) =>
        element(
          sample,
          group * own + channel,
          place.map(
            (at, axis) =>
              at * (strides[axis] ?? 1) +
              (tap[axis] ?? 0) * (dilations[axis] ?? 1) -
              (pads[axis] ?? 0),
          ),
        ),
      ),
    ),
  );
}

/** Sums over vectors of the products of their elements from `start` on: [size, size], row-major. */
export function productsOf(
  vectors: readonly (readonly number[])[],
  start: number,
  size: number,
): number[] {
  return indices([size, size]).map(([row = 0, column = 0]) =>
    // Begins with 0, so that a sum of nothing but −0 is 0, as of a matrix product.
    vectors.reduce((sum, at) => sum + (at[start + row] ?? 0) * (at[start + column] ?? 0), 0),
  );
}

/** All places of an array, the last axis fastest. */
function indices(dims: readonly number[]): number[][] {
  return dims.reduce<number[][]>(
    (all, dim) =>
      all.flatMap((before) => Array.from({ length: dim }, (_, index) => [...before, index])),
    [[]],
  );
}
