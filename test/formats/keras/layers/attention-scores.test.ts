import { describe, expect, it } from 'vitest';
import { buildModel } from '../../../../shared/formats/build/build-model.ts';
import type { Builder } from '../../../../shared/formats/build/builder.ts';
import type { Value } from '../../../../shared/formats/build/value.ts';
import {
  allOf,
  applyMask,
  causalMask,
  positions,
  softmaxOver,
  windowMask,
} from '../../../../shared/formats/keras/layers/attention-scores.ts';
import { runModel } from '../_run.ts';

const QUERY = { type: 'float32' as const, dims: [1, 3, 1], data: Float32Array.of(1, 2, 3) };
const VALUE = { type: 'float32' as const, dims: [1, 4, 1], data: Float32Array.of(1, 2, 3, 4) };

/** What `work` makes of a query of 3 steps and a value of 4, whose sizes may be free. */
async function made(
  isFree: boolean,
  work: (b: Builder, query: Value, value: Value) => Value,
): Promise<readonly number[]> {
  const { model } = buildModel(undefined, (b) => {
    const query = b.input('query', 'float32', [1, isFree ? 'T' : 3, 1]);
    const value = b.input('value', 'float32', [1, isFree ? 'S' : 4, 1]);
    b.output('out', work(b, query, value));
  });
  const { out } = await runModel(model, { query: QUERY, value: VALUE });
  return Array.from(out?.data ?? [], Number);
}

describe.each([false, true])('masks of sizes that are free: %s', (isFree) => {
  it('positions count from 0', async () => {
    expect(await made(isFree, (b, _, value) => positions(b, value, 1))).toEqual([0, 1, 2, 3]);
  });
  it('no step sees a later one', async () => {
    expect(await made(isFree, causalMask)).toEqual([1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0]);
  });
  it('a window sees its neighbours', async () => {
    expect(await made(isFree, (b, q, v) => windowMask(b, q, v, 2))).toEqual([
      1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1,
    ]);
  });
});

describe('scores', () => {
  it('of masked places count nothing, and evenly where all are masked', async () => {
    const weights = await made(false, (b, query) => {
      const mask = b.numbers([1, 0, 1], 'bool', [3, 1]);
      const none = b.numbers([0, 0, 0], 'bool', [3, 1]);
      const some = softmaxOver(b, applyMask(b, query, mask), [1]);
      const all = softmaxOver(b, applyMask(b, query, none), [1]);
      return b.emit('Concat', [b.hold(some), b.hold(all)], 'float32', [1, 6, 1], {
        attributes: { axis: 1 },
      });
    });
    const [first = 0, second, third = 0, ...even] = weights;
    expect(second).toBe(0);
    expect(first + third).toBeCloseTo(1, 6);
    for (const weight of even) expect(weight).toBeCloseTo(1 / 3, 6);
  });
  it('over several axes sum up to 1', async () => {
    const weights = await made(false, (b, query) => softmaxOver(b, query, [0, 1]));
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
  });
  it('no mask is no node', () => {
    buildModel(undefined, (b) => {
      expect(allOf(b, [undefined, undefined])).toBeUndefined();
    });
  });
});
