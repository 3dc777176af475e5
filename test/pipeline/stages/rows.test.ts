import { afterAll, beforeAll, expect, test } from 'vitest';
import { Measurements } from '../../../shared/pipeline/stages/measure.ts';
import type { Build } from '../../../shared/pipeline/stages/model-work.ts';
import { toRows } from '../../../shared/pipeline/stages/rows.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { type DigitsWork, digitsWork } from '../digits-work.ts';

let work: DigitsWork;
beforeAll(async () => {
  work = await digitsWork();
});
afterAll(closeSharedProcess);

const build = (parts: Partial<Build>): Build => ({
  variant: 'float32',
  hardware: 'x64',
  target: 'onnx',
  isRow: true,
  result: {
    status: 'done',
    value: {
      artifact: work.prepared.model,
      facts: { facts: work.prepared.facts, notes: ['a note'] },
    },
  },
  ...parts,
});

test('a row for each build that is one; what was not measured is absent', () => {
  const failed = build({
    variant: 'int8',
    result: { status: 'failed', reason: 'time ran out', code: 4 },
  });
  const rows = toRows(
    work,
    [build({}), failed, build({ isRow: false })],
    new Measurements(),
    new Map(),
  );
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    name: 'float32',
    status: 'done',
    size: { ratio: 1, ops: work.prepared.facts.ops },
    notes: ['a note'],
  });
  for (const absent of ['latency', 'accuracy', 'fidelity', 'memory', 'artifact', 'reason'])
    expect(rows[0]).not.toHaveProperty(absent);
  expect(rows[1]).toEqual({
    name: 'int8',
    target: 'onnx',
    hardware: expect.any(String),
    status: 'failed',
    reason: 'time ran out',
    code: 4,
    notes: [],
  });
});

test('outputs that are NaN in both models are said to tell nothing', () => {
  const fidelity = {
    outputs: [
      { name: 'a', nan: 4 },
      { name: 'b', nan: 1, cosine: 1 },
    ],
  };
  const score = { samples: 1, isSameOutput: false, fidelity };
  const measured = new Measurements();
  measured.entry(work.context.machine, work.prepared.model).score = score;
  const [row] = toRows(work, [build({})], measured, new Map());
  expect(row?.notes.slice(1)).toEqual([
    expect.stringMatching(/^output a is NaN everywhere/),
    expect.stringMatching(/^output b: NaN in both models at 1 place,/),
  ]);
});

test('another machine’s hardware gets no numbers of this one', () => {
  const measured = new Measurements();
  measured.entry(work.context.machine, work.prepared.model).peakBytes = 5;
  const [here, there] = toRows(work, [build({}), build({ hardware: 'web' })], measured, new Map());
  expect(here?.memory).toEqual({ peakBytes: 5 });
  expect(there?.memory).toBeUndefined();
  expect(there?.notes).toContain('not measured: this machine is no web');
});

test('measured alone, nothing is compared', () => {
  const [row] = toRows(work, [build({ variant: 'model' })], new Measurements(), new Map(), {
    compares: false,
  });
  expect(row?.size).toEqual({
    bytes: work.prepared.model.bytes,
    parameters: work.prepared.facts.parameters,
    ops: expect.any(Number),
  });
});

test('a row says on which processor it was timed, where the report cannot', () => {
  const samples = {
    logRatios: [0, 0],
    sessionMs: [1, 1],
    ...{ ms: 1, p90Ms: 1, p99Ms: 1, loadMs: 1, sessions: 2, runs: 40, threads: 1 },
    ...{ shapes: {}, looks: 1, short: false },
  };
  const cpuOf = (cpu: string | undefined) => {
    const measured = new Measurements();
    measured.entry(work.context.machine, work.prepared.model).latency = {
      ...{ status: 'done', base: samples, variant: samples },
      ...(cpu !== undefined && { machine: { cpu, features: [], cores: 2 } }),
    };
    return toRows(work, [build({})], measured, new Map())[0]?.latency?.cpu;
  };
  expect(cpuOf('Graviton')).toBe('Graviton');
  expect(cpuOf(work.context.machine.cpu)).toBeUndefined();
  expect(cpuOf(undefined)).toBeUndefined();
});
