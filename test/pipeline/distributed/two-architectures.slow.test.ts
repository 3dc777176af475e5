/** A job for x64 and arm64: each is measured on machines of its own, where the stack has them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Site } from '../../../shared/pipeline/distributed/advance-round.ts';
import { finishedRun } from '../../../shared/pipeline/distributed/advance-round.ts';
import { ExecutionKeys } from '../../../shared/pipeline/distributed/execution.ts';
import type { Shard } from '../../../shared/pipeline/distributed/order.ts';
import { digitsJob } from '../inline-context.ts';
import { executionOf, localSite, orderAt, runRounds, workHere } from './_site.ts';

const LANE = { memoryMb: 3538, seconds: 900 };
const ARM64 = { cpu: 'AWS Lambda, arm64', features: ['neon'], cores: 2 };
const X64 = { cpu: 'AWS Lambda, x64', features: ['avx2'], cores: 2 };

/** What ran in lanes that measure: lane, step, machine of the key. */
type Ran = readonly [string, string, unknown];

/** Runs a shard here, and answers as the processor of its lane would. */
async function workAs(cpu: string, shard: Shard): Promise<void> {
  await workHere(shard);
  const { result } = orderAt(shard.order).upload;
  const answer = JSON.parse(readFileSync(result, 'utf8'));
  answer.machine.cpu = cpu;
  if (Array.isArray(answer.output)) for (const pair of answer.output) pair.machine.cpu = cpu;
  writeFileSync(result, JSON.stringify(answer));
}

async function optimized(name: string, overrides: Partial<Site>) {
  const site = localSite({ machine: X64, measuresLatency: true, ...overrides });
  const job = digitsJob({
    variants: ['int8-weights'],
    hardware: ['x64', 'arm64'],
    data: { all: { path: 'test.npz' } },
    seconds: 1,
  });
  const execution = await executionOf(job);
  const ran: Ran[] = [];
  const { round } = await runRounds(execution, name, site, async (shard) => {
    const { step, input } = orderAt(shard.order);
    const machine = typeof input === 'object' && input && 'machine' in input && input.machine;
    if (shard.lane !== 'work') ran.push([shard.lane, step, machine]);
    await workAs(shard.lane === 'measure-arm64' ? 'Graviton' : 'Xeon', shard);
  });
  const keys = new ExecutionKeys(name);
  const done = await finishedRun(execution, keys, round, site);
  return { ran, rows: done.run.draft(new Map()).variants, machine: done.round.machine };
}

it('each is timed and weighed in its own lane, base and variants in one shard', async () => {
  const { ran, rows, machine } = await optimized('both', {
    lanes: { work: LANE, measure: LANE, 'measure-arm64': LANE },
    otherMachines: [ARM64],
  });
  const timed = ran.filter(([, step]) => step === 'latency-group');
  expect(timed).toHaveLength(2);
  expect(timed).toContainEqual(['measure', 'latency-group', X64]);
  expect(timed).toContainEqual(['measure-arm64', 'latency-group', ARM64]);
  const weighed = ran.filter(([, step]) => step === 'memory');
  const onLane = (lane: string) => weighed.filter(([of]) => of === lane).map(([, , of]) => of);
  expect(onLane('measure')).toEqual([X64, X64]);
  expect(onLane('measure-arm64')).toEqual([ARM64, ARM64]);
  expect(rows.map(({ name, hardware, latency }) => [name, hardware, latency?.cpu])).toEqual([
    ['float32', 'x64', 'Xeon'],
    ['int8-weights', 'x64', 'Xeon'],
    ['float32', 'arm64', 'Graviton'],
    ['int8-weights', 'arm64', 'Graviton'],
  ]);
  for (const { accuracy, memory, notes } of rows) {
    expect(accuracy?.samples).toBe(210);
    expect(memory?.peakBytes).toBeGreaterThan(0);
    expect(notes.join()).not.toContain('not measured');
  }
  expect(machine?.cpu).toBe('Xeon');
});

it('where there is no such lane, the rows say so and have no number', async () => {
  const { ran, rows } = await optimized('one', { lanes: { work: LANE, measure: LANE } });
  expect(new Set(ran.map(([lane]) => lane))).toEqual(new Set(['measure']));
  const elsewhere = rows.filter(({ hardware }) => hardware === 'arm64');
  expect(elsewhere).toHaveLength(2);
  for (const row of elsewhere) {
    for (const absent of ['latency', 'memory', 'accuracy', 'fidelity'])
      expect(row).not.toHaveProperty(absent);
    expect(row.notes).toContain('not measured: this stack has no machine that is arm64');
  }
  expect(rows[0]?.latency?.ms).toBeGreaterThan(0);
});
