import { expect, it } from 'vitest';
import {
  activationSquares,
  squareKey,
} from '../../../../shared/compress/prune/slim/activation-squares.ts';
import { feed, firstOutput } from '../../quantize/_numeric.ts';
import { PLAIN } from './_nets.ts';
import { traced } from './_removal.ts';

it('sums squares of each channel over samples and places', async () => {
  const { trace } = await traced(PLAIN);
  const samples = [feed([2, 3, 6, 6], 1), feed([2, 3, 6, 6], 2)].map((x) => ({ x }));
  const squares = await activationSquares(PLAIN, trace, samples, {});
  expect([...squares.keys()]).toEqual(trace.contractions.map(squareKey));
  const expected = new Array<number>(8).fill(0);
  const opened = { ...PLAIN, graph: { ...PLAIN.graph, outputs: [{ name: 's', type: null }] } };
  for (const sample of samples) {
    const values = await firstOutput(opened, sample);
    values.forEach((value, at) => {
      const channel = Math.floor(at / 36) % 8;
      expected[channel] = (expected[channel] ?? 0) + value * value;
    });
  }
  const given = squares.get('1 s') ?? new Float64Array();
  expect(given).toHaveLength(8);
  for (const [at, value] of given.entries()) expect(value / (expected[at] ?? 0)).toBeCloseTo(1, 5);
});
