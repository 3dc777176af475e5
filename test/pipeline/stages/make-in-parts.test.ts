import { readFileSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../../shared/base/brand.ts';
import { SYNTHETIC_RULES } from '../../../shared/measure/data/synthetic.ts';
import { computedTensor, int64Tensor } from '../../../shared/onnx/make-tensor.ts';
import { readRaw } from '../../../shared/onnx/tensor-data.ts';
import { MemoryTarget } from '../../../shared/onnx/wire/byte-targets.ts';
import { writeModelMessage } from '../../../shared/onnx/wire/model.ts';
import type { PlaceOf } from '../../../shared/onnx/wire/sink.ts';
import { SizeSink } from '../../../shared/onnx/wire/size-sink.ts';
import { StreamSink } from '../../../shared/onnx/wire/stream-sink.ts';
import type { StoredArtifact } from '../../../shared/pipeline/artifact.ts';
import {
  makeInParts,
  partsFor,
  planTaskId,
} from '../../../shared/pipeline/stages/make-in-parts.ts';
import { type CompressInput, compressStep } from '../../../shared/pipeline/steps/compress.ts';
import { TaskRunner } from '../../../shared/pipeline/task-runner.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { graph, model as modelOf, node } from '../../onnx/_build.ts';
import { storeLarge } from '../_large-model.ts';
import { type InlineContext, inlineContext } from '../inline-context.ts';

const CHUNK = 1 << 14;

let context: InlineContext;
let model: StoredArtifact;
let split: Digest;
beforeEach(async () => {
  context = inlineContext();
  model = await storeLarge({ store: context.store, tempDir: context.folder });
  split = await context.store.putBytes(
    JSON.stringify({ calibration: { source: 'synthetic', indices: [0, 1] } }),
  );
});
afterAll(closeSharedProcess);

const inputOf = (variant: string): CompressInput => ({
  model,
  variant,
  hardware: 'x64',
  data: { synthetic: { rules: SYNTHETIC_RULES, samples: 4, seed: 0, shapes: {} } },
  split,
  seed: 0,
});

const runner = () => new TaskRunner(context.openExecutor({ sources: {} }), context.progress);

describe.each([
  ['int8-weights', [1, 2, 3, 7]],
  ['int4', [3]],
  ['int8-dynamic', [2]],
  ['float16', [1, 3]],
] as const)('%s', (variant, counts) => {
  it.each([...counts])(
    'of %i chunks a part has the bytes that one machine makes',
    async (chunks) => {
      const whole = await runner().run('whole', compressStep, inputOf(variant));
      const parts = { above: 0, bytes: chunks * CHUNK, chunk: CHUNK };
      const made = await makeInParts({ tasks: runner(), context }, inputOf(variant), 'x', parts);
      if (whole.status !== 'done' || made?.status !== 'done') throw new Error('not made');
      expect(made).toEqual(whole);
      const bytes = readFileSync(await context.store.pathOf(whole.model.digest)).length;
      const ran = context.ran.filter((name) => name === 'weights-part').length;
      // Chunks of the large constant lie in the source as they are, some of them whole.
      expect(ran).toBeGreaterThan(0);
      expect(ran).toBeLessThanOrEqual(Math.ceil(bytes / CHUNK));
    },
  );
});

it('is for large models with weights beside them, and for what a plan says of every weight', () => {
  const policy = { above: 1000, bytes: 10, chunk: 5 };
  const { external } = model;
  const large = { bytes: 1001, ...(external && { external }) };
  expect(partsFor(large, 'int8-weights', policy)).toBe(policy);
  expect(partsFor({ ...large, bytes: 1000 }, 'int8-weights', policy)).toBeUndefined();
  expect(partsFor({ bytes: 1001 }, 'int8-weights', policy)).toBeUndefined();
  expect(partsFor(large, 'int8', policy)).toBeUndefined();
  expect(partsFor(large, 'float16', policy)).toBe(policy);
  expect(partsFor(large, 'int4', undefined)).toBeUndefined();
});

/** As other tools write models: even a shape of 16 bytes lies beside it. */
async function storeForeign(): Promise<StoredArtifact> {
  const { store } = context;
  const shape = int64Tensor('shape', [2], [-1, 96]);
  const weights = computedTensor('w', 'float32', [96, 96], () => new Uint8Array(96 * 96 * 4));
  const type = { kind: 'tensor', elementType: 'float32', shape: ['n', 96] } as const;
  const foreign = modelOf(
    graph([node('Reshape', ['x', 'shape'], ['r']), node('MatMul', ['r', 'w'], ['y'])], [], [], {
      inputs: [{ name: 'x', type }],
      outputs: [{ name: 'y', type: null }],
      initializers: new Map([
        ['shape', shape],
        ['w', weights],
      ]),
    }),
  );
  const location = 'model.onnx.data';
  const placeOf: PlaceOf = ({ name }) =>
    name === 'shape'
      ? { location, offset: 0, length: 16 }
      : { location, offset: 16, length: 96 * 96 * 4 };
  const sizes = new SizeSink(placeOf);
  writeModelMessage(sizes, foreign);
  const target = new MemoryTarget(sizes.size);
  const sink = new StreamSink(target, sizes.lengths, placeOf);
  writeModelMessage(sink, foreign);
  sink.flush();
  const data = Buffer.concat([readRaw(shape), readRaw(weights)]);
  return {
    digest: await store.putBytes(target.bytes),
    ...{ bytes: sizes.size + data.length, suffix: '.onnx' },
    external: [{ location, digest: await store.putBytes(data) }],
  };
}

it('is left to one machine where a layout would have to look at what lies beside the model', async () => {
  const foreign = await storeForeign();
  const input = { ...inputOf('int8-weights'), model: foreign };
  const parts = { above: 0, bytes: CHUNK, chunk: CHUNK };
  const made = await makeInParts({ tasks: runner(), context }, input, 'x', parts);
  expect(made).toBeUndefined();
  expect(context.ran).toEqual(['weights-layout']);
  expect((await runner().run('whole', compressStep, input)).status).toBe('done');
});

it('names tasks', () => expect(planTaskId('make float16 x64')).toBe('make float16 x64 plan'));
