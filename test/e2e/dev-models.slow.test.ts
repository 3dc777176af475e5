/**
 * `fettle optimize` on every dev asset, as a user without data would call it. On two cores that others use,
 * too, a model takes 20 s (silero) to 90 s (BlazeFace back, basic-pitch: the search of int8) and all of them
 * one by one 370 s; so two go at a time. That they disturb each other's latencies does not matter here.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEV_MODELS } from '../../bench/_dev-models.ts';
import { digestFile } from '../../shared/base/digest.ts';
import { allGraphs } from '../../shared/onnx/graph-walk.ts';
import type { Model } from '../../shared/onnx/model.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { type ModelReport, parseReport, type VariantRow } from '../../shared/report/schema.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { makePlace, type Result, spawnFettle } from './fettle.ts';

/** Small shapes for free dimensions; the others' are fixed. */
const SHAPES: Readonly<Record<string, string>> = {
  'PP-OCRv4 det': 'x=1,3,64,64',
  'PP-OCRv4 rec': 'x=1,3,48,64',
  'silero legacy': 'input=1,512',
  'silero v5': 'input=1,512',
};

/** Reasons for which a variant may be skipped, each with what has to be so in the float32 model. */
const TRUE_REASONS: readonly (readonly [reason: RegExp, isTrue: (model: Model) => boolean])[] = [
  [
    /^nothing in it takes 4 bits: it has no MatMul, Gemm or Gather with constant weights\. For 8 bits there is int8-weights$/,
    (model) => !hasMatrix(model),
  ],
];

/** Whether a MatMul, Gemm or Gather reads constant float values of two dimensions. */
function hasMatrix({ graph }: Model): boolean {
  const graphs = [...allGraphs(graph)].map((one) => one.graph);
  const matrices = new Set(
    graphs.flatMap(({ initializers }) =>
      [...initializers.values()]
        .filter(({ type, dims }) => type === 'float32' && dims.length >= 2)
        .map(({ name }) => name),
    ),
  );
  return graphs.some(({ nodes }) =>
    nodes.some(
      ({ opType, inputs }) =>
        ['MatMul', 'Gemm', 'Gather'].includes(opType) && inputs.some((name) => matrices.has(name)),
    ),
  );
}

const place = makePlace();
const folderOf = (name: string): string => name.replaceAll(' ', '-');

function optimize(name: string, path: string): Promise<Result> {
  const shape = SHAPES[name];
  const argv = ['optimize', path, '-o', folderOf(name), '--seconds', '1'];
  return spawnFettle(place, [...argv, ...(shape === undefined ? [] : ['--shape', shape])], {
    timeout: 400_000,
  });
}

const results = new Map<string, Result>();
beforeAll(async () => {
  const waiting = Object.entries(DEV_MODELS);
  const lane = async (): Promise<void> => {
    // From the end: the longest two are there, and begin early.
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [name, { path }] = next;
      results.set(name, await optimize(name, path));
    }
  };
  await Promise.all([lane(), lane()]);
}, 900_000);
afterAll(async () => {
  await closeSharedProcess();
  place.remove();
});

function reportOf(name: string): ModelReport {
  const path = place.path(`${folderOf(name)}/report.json`);
  const [model] = parseReport(JSON.parse(readFileSync(path, 'utf8')), path).models;
  if (!model) throw new Error(`no model in ${path}`);
  return model;
}

describe.each(Object.entries(DEV_MODELS))('%s', (name, { feeds }) => {
  let model: ModelReport;
  const fileOf = ({ artifact }: VariantRow): string =>
    place.path(`${folderOf(name)}/${artifact?.path}`);

  test('ends well, with a row for each default variant', () => {
    const result = results.get(name);
    expect([0, 1], result?.stderr).toContain(result?.code);
    model = reportOf(name);
    expect(model.variants.map((row) => row.name)).toEqual([
      'float32',
      'float16',
      'int8',
      'int4',
      'auto',
    ]);
    // Nothing says that it is right.
    expect(model.data.synthetic).toBe(true);
    expect(model.recommended).toBe('float32');
    expect(model.auto?.candidates).toContainEqual(
      expect.objectContaining({
        name: 'int8',
        reason: 'synthetic calibration, accuracy unknown',
      }),
    );
  });

  test('every variant is done or skipped for a true reason', () => {
    const [float32] = model.variants;
    if (!float32) throw new Error('float32 is there');
    using opened = openModel(fileOf(float32));
    for (const { name: variant, status, reason = '' } of model.variants) {
      if (status === 'done') continue;
      expect(status, `${variant}: ${reason}`).toBe('skipped');
      const known = TRUE_REASONS.find(([pattern]) => pattern.test(reason));
      expect(known?.[1](opened.model), `${variant}: ${reason}`).toBe(true);
    }
  });

  test('every file is what the report says, was measured, and runs in onnxruntime', async () => {
    const done = model.variants.filter(({ status }) => status === 'done');
    expect(done.length).toBeGreaterThanOrEqual(4);
    for (const row of done) {
      expect(await digestFile(fileOf(row)), row.name).toBe(row.artifact?.sha256);
      expect(row.latency?.ms, row.name).toBeGreaterThan(0);
      expect(row.fidelity?.samples, row.name).toBeGreaterThan(0);
      expect(row.fidelity?.broken, row.name).toBeUndefined();
      await using session = await openSession(fileOf(row));
      const outputs = await session.run(feeds);
      expect(Object.keys(outputs), row.name).toEqual(session.outputs.map((output) => output.name));
    }
  });
});
