/** The arithmetic of docs/scale.md: plans of very many models and of a very large one, from headers without bytes. */
import { describe, expect, it } from 'vitest';
import { PLAIN_DIGEST_MAX_BYTES, TREE_CHUNK_BYTES } from '../../../shared/base/limits.ts';
import { applyWeightPlan } from '../../../shared/compress/quantize/weights/apply-weights.ts';
import { planWeights } from '../../../shared/compress/quantize/weights/plan-weights.ts';
import { planFiles } from '../../../shared/onnx/file-plan.ts';
import { makeNode } from '../../../shared/onnx/make-node.ts';
import type { Model } from '../../../shared/onnx/model.ts';
import type { ByteSource, StoredTensor } from '../../../shared/onnx/stored-tensor.ts';
import { MAX_ROUNDS } from '../../../shared/pipeline/distributed/execution.ts';
import { assignLane, type Lanes } from '../../../shared/pipeline/distributed/lanes.ts';
import { MAX_RESULT_BYTES } from '../../../shared/pipeline/distributed/result.ts';
import { MAX_PARTS, PARTS } from '../../../shared/pipeline/parts.ts';
import { planShards } from '../../../shared/pipeline/plan.ts';
import { weightsPartStep } from '../../../shared/pipeline/steps/weights-part.ts';
import { layOutFile } from '../../../shared/pipeline/variants/weight-parts.ts';
import { graph, model } from '../../onnx/_build.ts';
import { digitsJob, inlineContext } from '../inline-context.ts';

const GIB = 2 ** 30;

/** Limits of AWS: S3, Step Functions, Lambda. */
const S3_PARTS = 10_000;
const S3_PART_BYTES = 5 * GIB;
const HISTORY_EVENTS = 25_000;
const STATE_BYTES = 256 * 1024;
const MAP_CONCURRENCY = 10_000;
const LAMBDA_SECONDS = 900;
const DISK_BYTES = 10_240 * 2 ** 20;

/** Of the stack by default; see cdk/. */
const JOBS_AT_ONCE = 20;
const SHARDS_AT_ONCE = 200;
const INLINE_SHARDS = 40;
const LANES: Lanes = {
  work: { memoryMb: 3538, seconds: 900 },
  large: { memoryMb: 10_240, seconds: 900 },
  measure: { memoryMb: 3538, seconds: 900 },
};

/** `layers` products of 16,384 × 16,384, each a GiB; whoever reads a weight fails. */
function simulated(layers: number): Model {
  const width = 16_384;
  const bytes = 4 * width * width;
  const refuse = (): never => expect.fail('a weight was read');
  const source: ByteSource = {
    ...{ name: 'weights', size: layers * bytes },
    ...{ read: refuse, readInto: refuse, close: () => {} },
  };
  const weights = Array.from(
    { length: layers },
    (_, index): StoredTensor => ({
      ...{ name: `w${index}`, type: 'float32', dims: [width, width] },
      storage: {
        kind: 'file',
        range: { source, offset: index * bytes, length: bytes },
        external: { location: 'model.onnx.data' },
      },
    }),
  );
  const nodes = weights.map(({ name }, index) =>
    makeNode('MatMul', [`x${index}`, name], [`x${index + 1}`]),
  );
  const initializers = new Map(weights.map((tensor) => [tensor.name, tensor]));
  return model(graph(nodes, ['x0'], [`x${layers}`], { initializers }));
}

describe('one model of 1 TB', () => {
  const source = simulated(931);
  const plan = planWeights(source, 'int8-weights', undefined, { hardware: 'x64' });
  const files = planFiles(applyWeightPlan(source, plan), 'model.onnx.data');
  const data = files.data && layOutFile('data', files.data, PARTS);
  const header = layOutFile('model', files.model, PARTS);
  const pieces = [...(header?.pieces ?? []), ...(data?.pieces ?? [])].filter(
    (piece) => piece.kind === 'made',
  );
  const workloads = pieces.map((piece) => ({
    written: piece.length,
    read: piece.reads
      .flatMap(({ ranges }) => [...ranges])
      .reduce((sum, { length }) => sum + length, 0),
  }));

  it('is laid out without a weight', () => {
    expect(931 * GIB).toBeGreaterThan(1e12 - GIB);
    expect(files.data?.bytes).toBeGreaterThan(249e9);
    expect(pieces.length).toBe(933);
  });

  it('fits S3: parts of the object, and what one call copies', () => {
    const chunks = Math.ceil((files.data?.bytes ?? 0) / TREE_CHUNK_BYTES);
    expect(chunks).toBe(3725);
    expect(chunks).toBeLessThanOrEqual(S3_PARTS);
    // The parts are objects that are taken over in one copy each.
    const largest = Math.max(...workloads.map(({ written }) => written));
    expect(largest).toBeLessThanOrEqual(Math.min(PLAIN_DIGEST_MAX_BYTES, S3_PART_BYTES));
    // Every chunk is copied twice, 32 at a time; four seconds for 64 MiB would be slow.
    expect((2 * chunks * 3) / 32).toBeLessThan(LAMBDA_SECONDS);
  });

  it('fits the machines: each part some lane, its disk and its time', () => {
    const largest = Math.max(...workloads.map(({ written, read }) => written + read));
    expect(largest).toBeLessThan(DISK_BYTES / 2);
    const estimate = weightsPartStep.estimate({ bytes: largest });
    expect(estimate.memoryBytes).toBeLessThan(10_240 * 2 ** 20 * 0.85);
    expect(estimate.seconds).toBeLessThan(LAMBDA_SECONDS / 4);
    const step = { ...weightsPartStep, estimate: () => estimate };
    expect(['work', 'large']).toContain(assignLane(step, {}, LANES)?.lane);
  });

  it('fits the state machine: many shards are listed in an object', () => {
    expect(pieces.length).toBeGreaterThan(INLINE_SHARDS);
    expect(pieces.length).toBeLessThanOrEqual(MAP_CONCURRENCY);
    expect(pieces.length).toBeLessThanOrEqual(MAX_PARTS);
    expect(JSON.stringify([header, data]).length).toBeLessThan(MAX_RESULT_BYTES);
    const slowest = Math.max(
      ...workloads.map(
        ({ written, read }) => weightsPartStep.estimate({ bytes: written + read }).seconds,
      ),
    );
    // In turns of 200.
    expect(Math.ceil(pieces.length / SHARDS_AT_ONCE) * slowest).toBeLessThan(600);
  });

  it('what is larger has larger parts, not more', () => {
    const larger = { bytes: 20e12, stream: () => {} };
    const layout = layOutFile('data', larger, PARTS);
    expect(layout?.pieces.length).toBeLessThanOrEqual(MAX_PARTS);
  });
});

describe('ten thousand models at once', () => {
  const MODELS = 10_000;
  const job = digitsJob({ data: { all: { path: 'test.npz' } } });
  const shards = planShards(
    job,
    { artifact: { bytes: 25e6 }, format: 'onnx' },
    { ...inlineContext(), parts: PARTS },
  );

  it('each is a small execution', () => {
    // An inline round: some 8 events a shard, some 12 of its own.
    const events = MAX_ROUNDS * (12 + 8 * Math.min(INLINE_SHARDS, shards.length));
    expect(events).toBeLessThan(HISTORY_EVENTS);
    // A shard in a state is its key, its lane and an address that is signed with a session token.
    expect(INLINE_SHARDS * 3000).toBeLessThan(STATE_BYTES / 2);
  });

  it('they run in turns, within the concurrency of an account', () => {
    const widest = Math.max(
      ...['make', 'measure'].map((stage) => shards.filter((shard) => shard.stage === stage).length),
    );
    expect(JOBS_AT_ONCE * widest).toBeLessThan(1000);
    const seconds = shards.reduce((sum, shard) => sum + shard.seconds, 0);
    const days = (MODELS * seconds) / JOBS_AT_ONCE / 86_400;
    // Two minutes and a half each, if every step takes what it is expected to; `int4` by data is the most of it.
    expect(seconds).toBeLessThan(150);
    expect(days).toBeLessThan(1);
  });

  it('those that wait look again seldom enough for the history of an execution', () => {
    // One more execution waits for each; its pauses double up to 5 minutes, nine events a turn.
    const turns = Math.floor(HISTORY_EVENTS / 9);
    expect((turns * 300) / 86_400).toBeGreaterThan(9);
  });
});
