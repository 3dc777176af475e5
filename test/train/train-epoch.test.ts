import { afterAll, expect, test } from 'vitest';
import { createRandom, shuffled } from '../../shared/base/random.ts';
import { float32Tensor } from '../../shared/onnx/make-tensor.ts';
import type { Model } from '../../shared/onnx/model.ts';
import { floatValues } from '../../shared/onnx/tensor-data.ts';
import { encodeModel } from '../../shared/onnx/write-model.ts';
import { RuntimeProcess } from '../../shared/runtime/runtime-process.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { type OptimizerState, readState, writeState } from '../../shared/train/optimizer-state.ts';
import {
  type EpochOptions,
  type EpochProgress,
  trainEpoch,
} from '../../shared/train/train-epoch.ts';
import type { TrainSamples } from '../../shared/train/train-samples.ts';
import { xor, xorNet } from './_nets.ts';

const process = new RuntimeProcess();
afterAll(async () => {
  await process.close();
  await closeSharedProcess();
});

const options: EpochOptions = {
  epoch: 1,
  epochs: 30,
  batch: 16,
  rate: 0.1,
  optimizer: { name: 'adamw', maxNorm: 5 },
  loss: { kind: 'classes', output: 'p', form: 'numbers', scale: 'logits', axis: -1 },
  keepsZeros: false,
  seed: 1,
};

async function right(model: Model, samples: TrainSamples): Promise<number> {
  await using session = await openSession(model);
  let count = 0;
  for (let index = 0; index < samples.length; index++) {
    const { p } = await session.run(await samples.sample(index));
    count += Number(Number(Number(p?.data[1]) > Number(p?.data[0])) === samples.label(index));
  }
  return count / samples.length;
}

async function epochs(
  count: number,
  changes: Partial<EpochOptions> = {},
  start: { model: Model; state?: OptimizerState; epoch?: number } = { model: xorNet() },
  samples = xor(),
) {
  let { model, state, epoch = 1 } = start;
  const losses: number[] = [];
  for (const end = epoch + count; epoch < end; epoch++) {
    const done = await trainEpoch(
      model,
      state,
      samples,
      { ...options, ...changes, epoch },
      { process },
    );
    expect(done.diverged).toBe(false);
    losses.push(done.loss);
    model = done.model;
    state = done.optimizer;
  }
  return { model, state, losses };
}

test('a net learns what no line parts, and its norms go with it', async () => {
  const before = await right(xorNet(), xor());
  const { model, losses, state } = await epochs(3, { epochs: 3 }, undefined, xor(256));
  expect(before).toBeLessThan(0.9);
  expect(losses.at(-1)).toBeLessThan(0.1);
  expect(await right(model, xor())).toBeGreaterThan(0.97);
  expect(state?.step).toBe(48);
  // In inference mode as it was.
  expect(model.graph.nodes).toEqual(xorNet().graph.nodes);
});

test('the same seed gives the same bytes, another one others; a stored state goes on as if it had not been', async () => {
  const straight = await epochs(2);
  const first = await epochs(1);
  const state = readState(writeState(first.state ?? { step: 0, tensors: new Map() }));
  const resumed = await epochs(1, {}, { model: first.model, state, epoch: 2 });
  expect(encodeModel(resumed.model)).toEqual(encodeModel(straight.model));
  expect(writeState(resumed.state ?? state)).toEqual(writeState(straight.state ?? state));
  const other = await epochs(1, { seed: 2 });
  expect(encodeModel(other.model)).not.toEqual(encodeModel(first.model));
});

const withZeros = (): Model => {
  const model = xorNet();
  const a = floatValues(model.graph.initializers.get('a') ?? float32Tensor('a', [0], []));
  const pruned = a.map((value, index) => (index % 3 === 0 ? 0 : value));
  const initializers = new Map(model.graph.initializers).set(
    'a',
    float32Tensor('a', [2, 16], pruned),
  );
  return { ...model, graph: { ...model.graph, initializers } };
};

const zerosOf = (model: Model, name: string): number[] => {
  const tensor = model.graph.initializers.get(name);
  return tensor ? [...floatValues(tensor)].flatMap((value, at) => (value === 0 ? [at] : [])) : [];
};

test('zeros of matrices stay zeros where they shall, and those of biases move', async () => {
  const kept = await epochs(1, { keepsZeros: true }, { model: withZeros() });
  expect(zerosOf(kept.model, 'a')).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30]);
  expect(zerosOf(kept.model, 'd')).toEqual([]);
  const free = await epochs(1, {}, { model: withZeros() });
  expect(zerosOf(free.model, 'a')).toEqual([]);
});

test('only what is to be trained is', async () => {
  const { model } = await epochs(1, { trainable: (name) => name === 'c' });
  const moved = [...xorNet().graph.initializers].filter(
    ([name, tensor]) =>
      floatValues(tensor).join() !==
      floatValues(model.graph.initializers.get(name) ?? tensor).join(),
  );
  // Moments of norms follow the values, whatever is trained.
  expect(moved.map(([name]) => name)).toEqual(['mean', 'variance', 'c']);
  const frozen = await epochs(1, { trainable: (name) => name === 'c', freezesNorms: true });
  expect(
    floatValues(frozen.model.graph.initializers.get('mean') ?? float32Tensor('', [0], []))[0],
  ).toBe(0);
});

test('what diverges gives the model back', async () => {
  const model = xorNet();
  const done = await trainEpoch(
    model,
    undefined,
    xor(),
    { ...options, rate: 1e30, optimizer: { name: 'sgd' }, freezesNorms: true },
    { process },
  );
  expect(done.diverged).toBe(true);
  expect(done.model).toBe(model);
  expect(done.optimizer.step).toBe(0);
});

test('says how far it is, and drops what is no whole batch', async () => {
  const told: EpochProgress[] = [];
  const done = await trainEpoch(
    xorNet(),
    undefined,
    xor(40),
    { ...options, epochs: 1 },
    { process, progress: (one) => told.push(one) },
  );
  expect(done).toMatchObject({ steps: 2, samples: 32 });
  expect(told.at(-1)).toMatchObject({ epoch: 1, step: 2, steps: 2, loss: done.loss });
  expect(told.at(-1)?.samplesPerSecond).toBeGreaterThan(0);
});

test('samples of several sizes are refused', async () => {
  const samples = {
    ...xor(),
    sample: async (index: number) => {
      const { x } = await xor().sample(index);
      return { x: { ...x, dims: index === 5 ? [2, 1] : [1, 2] } };
    },
  } as TrainSamples;
  await expect(trainEpoch(xorNet(), undefined, samples, options, { process })).rejects.toThrow(
    'of one shape',
  );
});

test('moments are averages over the steps', async () => {
  // At a rate of zero nothing else moves.
  const samples = xor(64);
  const still = { ...options, rate: 0, optimizer: { name: 'sgd', momentum: 0 } as const };
  const { model } = await trainEpoch(xorNet(), undefined, samples, still, { process });
  const value = (of: Model, name: string): number[] => [
    ...floatValues(of.graph.initializers.get(name) ?? float32Tensor('', [0], [])),
  ];
  const [a, b] = [value(xorNet(), 'a'), value(xorNet(), 'b')];
  const order = shuffled(
    Array.from({ length: 64 }, (_, index) => index),
    createRandom(options.seed, 'epoch 1'),
  );
  let [mean, variance] = [0, 1];
  for (let step = 0; step < 4; step++) {
    const values: number[] = [];
    for (const index of order.slice(step * 16, (step + 1) * 16)) {
      const [x = 0, y = 0] = Array.from((await samples.sample(index)).x?.data ?? [], Number);
      values.push(x * (a[0] ?? 0) + y * (a[16] ?? 0) + (b[0] ?? 0));
    }
    const own = values.reduce((sum, one) => sum + one) / 16;
    const spread = values.reduce((sum, one) => sum + (one - own) ** 2, 0) / 16;
    mean = 0.9 * mean + 0.1 * own;
    variance = 0.9 * variance + 0.1 * spread;
  }
  expect(value(model, 'mean')[0]).toBeCloseTo(mean, 5);
  expect(value(model, 'variance')[0]).toBeCloseTo(variance, 5);
  expect(value(model, 'a')).toEqual(a);
});
