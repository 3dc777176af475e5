import { describe, expect, it } from 'vitest';
import { cpuJobSize } from '../../../cdk/cpu-queue.ts';
import { functionLanes } from '../../../cdk/lanes.ts';
import { planInAws, STACK_LANES } from '../../../shared/pipeline/distributed/plan-in-aws.ts';
import { COMPUTE } from '../../../shared/pipeline/distributed/prices.ts';
import { PARTS } from '../../../shared/pipeline/parts.ts';
import {
  type Plan,
  type PlannedShard,
  planJob,
  planSchema,
} from '../../../shared/pipeline/plan.ts';
import { digitsJob, inlineContext } from '../inline-context.ts';

const context = { ...inlineContext(), parts: PARTS, protocol: 'full' } as const;
const job = digitsJob({ data: { all: { path: 'test.npz' } } });

const planOf = (bytes: number, format: 'onnx' | 'keras' = 'onnx'): Plan =>
  planJob(job, { artifact: { bytes }, format }, context);

function shardOf(overrides: Partial<PlannedShard>): Plan {
  const shard: PlannedShard = {
    ...{ id: 'x', title: 'x', stage: 'make', step: 'compress', needs: 'cpu' },
    ...{ seconds: 100, memoryBytes: 1e9 },
    ...overrides,
  };
  return { ...planOf(1e6), shards: [shard] };
}

const lanesOf = (plan: Plan, options = {}): (string | undefined)[] =>
  planInAws(plan, options).shards.map(({ aws }) => aws?.lane);

it('the lanes are those that cdk makes by default, with the queue of containers', () => {
  const functions = functionLanes('x86_64', {});
  const sizes = Object.entries(functions).map(([name, { memoryMb, seconds }]) => [
    name,
    { memoryMb, seconds },
  ]);
  expect(STACK_LANES).toEqual({ ...Object.fromEntries(sizes), batch: cpuJobSize({}) });
});

describe('a step runs where it fits', () => {
  it.each([
    ['a usual one', {}, 'work'],
    ['one of much memory', { memoryBytes: 6e9 }, 'large'],
    ['one of more', { memoryBytes: 20e9 }, 'batch'],
    ['a long one', { seconds: 3600 }, 'batch'],
    ['one that needs more disk than a function has', { diskBytes: 12e9 }, 'batch'],
    ['one that measures', { step: 'latency-group' }, 'measure'],
    ['one that S3 does', { inStore: true }, 'advance'],
  ] as const)('%s', (_what, overrides, lane) => {
    expect(lanesOf(shardOf(overrides))).toEqual([lane]);
  });

  it('on another architecture, where there is one', () => {
    const lanes = { ...STACK_LANES, 'measure-arm64': { memoryMb: 3538, seconds: 900 } };
    const arm64 = shardOf({ step: 'score', on: 'arm64' });
    expect(lanesOf(arm64, { lanes })).toEqual(['measure-arm64']);
    const [there] = planInAws(arm64, { lanes }).shards;
    const [here] = planInAws(shardOf({ step: 'score' }), { lanes }).shards;
    expect(there?.aws?.usd).toBeLessThan(here?.aws?.usd ?? 0);
  });

  it('on a GPU at a price that is not known here; without one nowhere', () => {
    const gpu = shardOf({ needs: 'gpu' });
    expect(planInAws(gpu).shards[0]?.aws).toBeUndefined();
    const lanes = { ...STACK_LANES, gpu: { memoryMb: 14_336, seconds: 21_600 } };
    expect(planInAws(gpu, { lanes }).shards[0]?.aws).toEqual({ lane: 'gpu', memoryMb: 14_336 });
  });
});

describe('costs', () => {
  it('are those of the machine by the second, and some hundredths of a cent', () => {
    const usd = planInAws(shardOf({})).shards[0]?.aws?.usd ?? 0;
    const machine = 100 * (3538 / 1024) * COMPUTE.x64.functionGbSecond;
    expect(usd).toBeGreaterThan(machine);
    expect(usd).toBeLessThan(machine * 1.02 + 0.0003);
  });

  it('of a job are those of its steps and of what runs between them; the plan stays valid', () => {
    const plan = planInAws(planOf(25e6));
    expect(planSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
    const steps = plan.shards.reduce((sum, { aws }) => sum + (aws?.usd ?? 0), 0);
    const between = (plan.aws?.usd ?? 0) - steps;
    expect(between).toBeGreaterThan(0.0005);
    expect(between).toBeLessThan(0.002);
    // The goal for a model of 25 MB.
    expect(plan.aws?.usd).toBeLessThan(0.02);
    expect(planInAws(planOf(25e6), { architecture: 'arm64' }).aws?.usd).toBeLessThan(
      plan.aws?.usd ?? 0,
    );
  });

  it('of 3 GB are spread over parts, which are small', () => {
    const plan = planInAws(planOf(3e9));
    const parts = plan.shards.filter(({ step }) => step === 'weights-part');
    expect(parts.length).toBeGreaterThan(10);
    expect(new Set(parts.map(({ aws }) => aws?.lane))).toEqual(new Set(['work']));
    expect(plan.shards.some(({ aws }) => aws?.lane === 'advance')).toBe(true);
    expect(plan.aws?.usd).toBeGreaterThan(planInAws(planOf(25e6)).aws?.usd ?? 0);
  });
});
