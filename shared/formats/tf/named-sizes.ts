/** Names of free sizes. */
import type { Dim, Shape } from '../build/dims.ts';
import type { TfInputPort } from './tf-graph.ts';

const BATCH = 'batch';

/**
 * Free sizes with names: the first is the batch, others are named after the input and their axis. Only
 * equal names claim equal sizes.
 */
export function namedSizes(shape: Shape | null, input: string): Shape | null {
  return (
    shape?.map((size, axis) =>
      size === null || isOwnBatch(size) ? (axis === 0 ? BATCH : `${input}_dim${axis}`) : size,
    ) ?? null
  );
}

/**
 * Inputs whose batches are called alike only when there is one: a graph does not say that two inputs take
 * equally many samples, and a module of TensorFlow may take different numbers.
 */
export function ownBatches(inputs: readonly TfInputPort[]): readonly TfInputPort[] {
  const isFree = ({ shape }: TfInputPort): boolean => shape?.[0] === BATCH;
  if (inputs.filter(isFree).length < 2) return inputs;
  return inputs.map((input) =>
    isFree(input) && input.shape
      ? { ...input, shape: input.shape.with(0, `${input.name}_${BATCH}`) }
      : input,
  );
}

/** Of an input that was told apart from others: cut off, it may be the only one. */
const isOwnBatch = (size: Dim): boolean => typeof size === 'string' && size.endsWith(`_${BATCH}`);
