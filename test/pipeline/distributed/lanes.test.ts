import { expect, it } from 'vitest';
import {
  assignLane,
  isMeasuringLane,
  lanesSchema,
  otherArchitectures,
  workloadOf,
} from '../../../shared/pipeline/distributed/lanes.ts';

const LANES = {
  work: { memoryMb: 3538, seconds: 900 },
  large: { memoryMb: 10_240, seconds: 900 },
  measure: { memoryMb: 3538, seconds: 900 },
  batch: { memoryMb: 30_720, seconds: 14_400 },
};

const step = (
  name: string,
  memoryBytes: number,
  seconds: number,
  needs: 'cpu' | 'gpu' = 'cpu',
) => ({
  name,
  needs,
  estimate: () => ({ memoryBytes, seconds }),
});

it.each([
  ['a small step', step('compress', 300e6, 5), 'work'],
  ['much memory', step('compress', 5e9, 5), 'large'],
  ['more memory than any function has', step('compress', 15e9, 5), 'batch'],
  ['more time than a function has', step('train', 1e9, 3000), 'batch'],
  ['more than anything has: tried where there is most', step('compress', 1e12, 5), 'batch'],
  ['latency, however small', step('latency-group', 1e6, 1), 'measure'],
  ['memory', step('memory', 1e6, 1), 'measure'],
] as const)('%s goes to a lane', (_what, given, lane) => {
  expect(assignLane(given, {}, LANES)?.lane).toBe(lane);
});

it('what needs more disk than functions have goes to a queue, if there is one', () => {
  const large = (diskBytes: number) => ({
    ...step('prepare', 1e9, 5),
    estimate: () => ({ memoryBytes: 1e9, seconds: 5, diskBytes }),
  });
  const { batch: _, ...functions } = LANES;
  expect(assignLane(large(8e9), {}, LANES)?.lane).toBe('work');
  expect(assignLane(large(9e9), {}, LANES)?.lane).toBe('batch');
  expect(assignLane(large(9e9), {}, functions)?.lane).toBe('large');
});

it('without a queue, the largest function is where there is most', () => {
  const { batch: _, ...functions } = LANES;
  expect(assignLane(step('compress', 15e9, 5), {}, functions)?.lane).toBe('large');
});

it('a GPU that is not there is told', () => {
  expect(assignLane(step('train', 1e9, 10, 'gpu'), {}, LANES)).toBeUndefined();
  const gpu = { memoryMb: 16_000, seconds: 3600 };
  expect(assignLane(step('train', 1e9, 10, 'gpu'), {}, { ...LANES, gpu })?.lane).toBe('gpu');
});

it('a step gets less than its lane, which has to fetch and report', () => {
  expect(assignLane(step('compress', 1e9, 5), {}, LANES)).toEqual({
    lane: 'work',
    seconds: 765,
    memoryBytes: 3007 * 2 ** 20,
  });
});

it('what has to run on another architecture goes where that is measured', () => {
  const arm64 = { cpu: 'a', features: ['neon'], cores: 2 };
  const x64 = { cpu: 'x', features: ['avx2'], cores: 2 };
  const lanes = { ...LANES, 'measure-arm64': LANES.measure };
  const laneOf = (name: string, on: typeof arm64, all = lanes) =>
    assignLane({ ...step(name, 1e9, 5), on }, {}, all)?.lane;
  expect(laneOf('latency-group', arm64)).toBe('measure-arm64');
  expect(laneOf('score', arm64)).toBe('measure-arm64');
  expect(laneOf('latency-group', x64)).toBe('measure');
  expect(laneOf('score', x64)).toBe('work');
  // On a stack of arm64 it is the other way round.
  const x64Too = { ...LANES, 'measure-x86_64': LANES.measure };
  expect(assignLane({ ...step('memory', 1e6, 1), on: x64 }, {}, x64Too)?.lane).toBe(
    'measure-x86_64',
  );
  expect(otherArchitectures(lanes)).toEqual(['arm64']);
  expect(otherArchitectures(x64Too)).toEqual(['x64']);
  expect(otherArchitectures(LANES)).toEqual([]);
  expect(['measure', 'measure-arm64', 'work', 'large'].map(isMeasuringLane)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it('an input says how large its models are and how many', () => {
  const base = { digest: 'a', bytes: 100 };
  const input = {
    base,
    variants: [{ digest: 'b', bytes: 40 }],
    variant: 'int8',
    data: { bytes: 7 },
  };
  expect(workloadOf(input)).toEqual({ bytes: 100, models: 2, variant: 'int8' });
  expect(workloadOf(null)).toEqual({ bytes: 0, models: 1 });
});

it('lanes without a place to work are no lanes', () => {
  expect(lanesSchema.safeParse({ work: LANES.work }).success).toBe(false);
  expect(lanesSchema.safeParse(LANES).success).toBe(true);
});

it("the job's own limits hold where they are lower", () => {
  const given = step('compress', 1e9, 5);
  const limits = { timeout: 60, memoryBytes: 2e9 };
  expect(assignLane(given, {}, LANES, limits)).toEqual({
    lane: 'work',
    seconds: 60,
    memoryBytes: 2e9,
  });
  expect(assignLane(given, {}, LANES, { timeout: 5000 })?.seconds).toBe(765);
});
