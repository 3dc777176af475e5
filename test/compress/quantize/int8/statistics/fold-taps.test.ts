import { afterAll, expect, it } from 'vitest';
import {
  foldTaps,
  numbersOf,
} from '../../../../../shared/compress/quantize/int8/statistics/fold-taps.ts';
import { makeNode, type Tap } from '../../../../../shared/compress/quantize/int8/statistics/tap.ts';
import { RuntimeProcess } from '../../../../../shared/runtime/runtime-process.ts';
import { modelOf } from '../_plan.ts';
import { tensorOf } from '../_samples.ts';

const child = new RuntimeProcess();
afterAll(() => child.close());

const MODEL = modelOf(`g (float[3,2] x) => (float[3,2] y) {
  a = Neg (x)
  y = Scan <num_scan_inputs = 1, body = b (float[2] row) => (float[2] o) { o = Neg (row) }> (a)
}`);
const SAMPLES = [
  { x: tensorOf([3, 2], [1, 2, 3, 4, 5, 6]) },
  { x: tensorOf([3, 2], [-7, 0, 0, 0, 0, 0]) },
];

const sum = (scope: string, name: string): Tap => ({
  ref: { scope, name },
  fold: 'sum',
  dims: [],
  build: (graph, value) => [makeNode('ReduceSum', [value], graph.freshName('sum'), true)],
});

it('gives each tap its own result, in their order, over all samples', async () => {
  const [inner, outer, own] = await foldTaps(
    MODEL,
    [sum('y.body/', 'o'), sum('', 'a'), sum('', 'x')],
    SAMPLES,
    { process: child },
  );
  expect([numbersOf(inner), numbersOf(outer), numbersOf(own)]).toEqual([
    undefined,
    Float64Array.of(-14),
    Float64Array.of(14),
  ]);
});

it('runs nothing for no taps, or for those of a Scan’s body alone', async () => {
  expect(await foldTaps(MODEL, [], SAMPLES)).toEqual([]);
  expect(await foldTaps(MODEL, [sum('y.body/', 'o')], SAMPLES)).toEqual([undefined]);
});

it('has no numbers of a histogram', () => {
  const counts = { min: 0, max: 0, exponent: 0, first: 0, zeros: 0, counts: new Float64Array() };
  expect(numbersOf({ fold: 'histogram', counts })).toBeUndefined();
});
