import { expect, it } from 'vitest';
import { samplesOf } from '../../../../shared/compress/quantize/int8/context.ts';
import { countingSource } from './_samples.ts';

const indices = async (samples: AsyncIterable<unknown>): Promise<unknown[]> => {
  const found: unknown[] = [];
  for await (const sample of samples) found.push(sample);
  return found.map((sample) => (sample as { x: { data: number[] } }).x.data[0]);
};

it('gives some samples of a source, and no more than there are', async () => {
  const { source } = countingSource(5);
  expect(await indices(samplesOf(source))).toEqual([0, 1, 2, 3, 4]);
  expect(await indices(samplesOf(source, 2))).toEqual([0, 1]);
  expect(await indices(samplesOf(source, 2, 2))).toEqual([2, 3]);
  expect(await indices(samplesOf(source, 9, 3))).toEqual([3, 4]);
  expect(await indices(samplesOf(source, 0))).toEqual([]);
});

it('asks for a sample when it is its turn', async () => {
  const { source, asked } = countingSource(5);
  for await (const _ of samplesOf(source)) break;
  expect(asked).toEqual([0]);
});
