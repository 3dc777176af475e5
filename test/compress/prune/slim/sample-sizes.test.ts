import { expect, it } from 'vitest';
import { withSampleSizes } from '../../../../shared/compress/prune/slim/sample-sizes.ts';
import { feed, float32 } from '../../quantize/_numeric.ts';
import { PLAIN } from './_nets.ts';

const free = {
  ...PLAIN,
  graph: {
    ...PLAIN.graph,
    inputs: [float32('x', ['N', 3, 'H', 6])],
    outputs: [float32('y', ['N', 4, 'H', 6])],
  },
};

it.each([
  [{ x: feed([2, 3, 5, 6]) }, [2, 4, 5, 6]],
  [undefined, [1, 4, 1, 6]],
])('gives types for a sample, or for ones', async (sample, shape) => {
  const [model, types] = await withSampleSizes(free, sample);
  expect(types.get(model.graph, 'y')).toMatchObject({ shape });
});
