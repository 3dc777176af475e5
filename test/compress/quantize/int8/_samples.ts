/** Sources of samples, made up. */
import { createRandom } from '../../../../shared/base/random.ts';
import type { NamedTensors, Tensor } from '../../../../shared/base/tensor.ts';
import type { SampleSource } from '../../../../shared/compress/quantize/int8/context.ts';

export const tensorOf = (dims: readonly number[], values: ArrayLike<number>): Tensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from(values),
});

/** Samples whose only element is their index, and which were asked for. */
export function countingSource(length: number): {
  readonly source: SampleSource;
  readonly asked: readonly number[];
} {
  const asked: number[] = [];
  const sample = async (index: number): Promise<NamedTensors> => {
    asked.push(index);
    return { x: tensorOf([1], [index]) };
  };
  return { source: { length, sample }, asked };
}

/** Normal numbers of a seed for an input. */
export function normalSource(length: number, name: string, dims: readonly number[]): SampleSource {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return {
    length,
    sample: async (index) => {
      const random = createRandom(1000 + index);
      return {
        [name]: tensorOf(
          dims,
          Array.from({ length: count }, () => random.normal()),
        ),
      };
    },
  };
}
