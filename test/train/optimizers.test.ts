import { afterAll, expect, test } from 'vitest';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { type OptimizerOptions, stateCount, update } from '../../shared/train/optimizers.ts';
import { floats, runEmitted } from './_run-emitted.ts';

afterAll(closeSharedProcess);

/** New weight and states of one step of a weight [1, 2] with the gradient [0.5, −2]. */
async function stepOf(optimizer: OptimizerOptions, t: number, ...states: number[][]) {
  const inputs = {
    w: floats([2, 1], 1, 2),
    g: floats([2, 1], 0.5, -2),
    rate: floats([], 0.1),
    t: floats([], t),
    ...Object.fromEntries(states.map((values, i) => [`s${i}`, floats([2, 1], ...values)])),
  };
  const state = states.map((_, i) => `s${i}`);
  return runEmitted(inputs, (emit) => {
    const trained = [{ weight: 'w', gradient: 'g', state }];
    const [next] = update(emit, trained, { rate: 'rate', step: 't' }, optimizer);
    return next ? [next.weight, ...next.state] : [];
  });
}

const close = (found: number[] | undefined, wanted: number[]): void =>
  expect(found).toEqual(wanted.map((value) => expect.closeTo(value, 5)));

test('SGD, with and without momentum', async () => {
  const [plain] = await stepOf({ name: 'sgd', momentum: 0 }, 1);
  close(plain, [0.95, 2.2]);
  const [weight, velocity] = await stepOf({ name: 'sgd' }, 1, [1, 1]);
  close(velocity, [1.4, -1.1]);
  close(weight, [0.86, 2.11]);
});

test('Adam: the first step is the rate, whatever the gradient; later ones by their averages', async () => {
  const [first] = await stepOf({ name: 'adam' }, 1, [0, 0], [0, 0]);
  close(first, [0.9, 2.1]);
  const [weight, mean, square] = await stepOf({ name: 'adam' }, 3, [0.1, 0.2], [0.01, 0.02]);
  const m = [0.9 * 0.1 + 0.1 * 0.5, 0.9 * 0.2 - 0.1 * 2];
  const v = [0.999 * 0.01 + 0.001 * 0.25, 0.999 * 0.02 + 0.001 * 4];
  close(mean, m);
  close(square, v);
  const moved = m.map((value, i) => {
    const hat = value / (1 - 0.9 ** 3);
    return hat / (Math.sqrt((v[i] ?? 0) / (1 - 0.999 ** 3)) + 1e-8);
  });
  close(weight, [1 - 0.1 * (moved[0] ?? 0), 2 - 0.1 * (moved[1] ?? 0)]);
});

test('AdamW takes the decay off kernels, not off what has one axis', async () => {
  // [2, 1] has one axis of more than one.
  const [bias] = await stepOf({ name: 'adamw', weightDecay: 0.5 }, 1, [0, 0], [0, 0]);
  close(bias, [0.9, 2.1]);
  const inputs = {
    w: floats([2, 2], 1, 2, 3, 4),
    g: floats([2, 2], 1, 1, 1, 1),
    s: floats([2, 2], 0, 0, 0, 0),
    rate: floats([], 0.1),
    t: floats([], 1),
  };
  const [kernel] = await runEmitted(inputs, (emit) => {
    const trained = [{ weight: 'w', gradient: 'g', state: ['s', 's'] }];
    const options = { name: 'adamw', weightDecay: 0.5 } as const;
    const [next] = update(emit, trained, { rate: 'rate', step: 't' }, options);
    return [next?.weight ?? ''];
  });
  close(kernel, [0.85, 1.8, 2.75, 3.7]);
});

test('gradients that are too long together are shortened, others are not', async () => {
  const norm = Math.hypot(0.5, 2);
  const [short] = await stepOf({ name: 'sgd', momentum: 0, maxNorm: 1 }, 1);
  close(short, [1 - 0.05 / norm, 2 + 0.2 / norm]);
  const [long] = await stepOf({ name: 'sgd', momentum: 0, maxNorm: 10 }, 1);
  close(long, [0.95, 2.2]);
});

test('tensors of state', () => {
  expect(stateCount({ name: 'adam' })).toBe(2);
  expect(stateCount({ name: 'sgd' })).toBe(1);
  expect(stateCount({ name: 'sgd', momentum: 0 })).toBe(0);
});
