import { expect, test } from 'vitest';
import { Passes } from '../../../../shared/compress/quantize/reconstruct/passes.ts';
import { countingSource } from '../int8/_samples.ts';

/** A clock that each sample advances by a second. */
function clock(seconds: number) {
  const state = { now: 0 };
  return {
    state,
    now: () => state.now,
    deadline: {
      get isOver() {
        return state.now >= seconds;
      },
      get left() {
        return Math.max(0, seconds - state.now);
      },
    },
  };
}

async function run(passes: Passes, tick: () => void): Promise<number> {
  let count = 0;
  for await (const _ of passes.next()) {
    tick();
    count++;
  }
  return count;
}

test('every sample in every pass that begins in time, and none in others', async () => {
  const { state, now, deadline } = clock(9);
  const { source, asked } = countingSource(4);
  const passes = new Passes(source, deadline, now);
  const tick = () => {
    state.now++;
  };
  const counts = [];
  for (let pass = 0; pass < 4; pass++) counts.push(await run(passes, tick));
  expect(counts).toEqual([4, 4, 4, 0]);
  expect(asked).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
  expect(passes.samples).toBe(4);
});

test.each([
  [0, 1],
  [3, 3],
])('the first pass ends when the time is over: after %i s %i samples', async (seconds, count) => {
  const { state, now, deadline } = clock(seconds);
  const passes = new Passes(countingSource(4).source, deadline, now);
  const tick = () => {
    state.now++;
  };
  expect([await run(passes, tick), await run(passes, tick)]).toEqual([count, 0]);
  expect(passes.samples).toBe(count);
});

test('as many samples can be compared as time is left for, between 8 and 128', async () => {
  const affordable = async (seconds: number, runs: number): Promise<number> => {
    const { state, now, deadline } = clock(seconds);
    const passes = new Passes(countingSource(4).source, deadline, now);
    await run(passes, () => {
      state.now++;
    });
    return passes.affordable(runs, deadline);
  };
  expect(await affordable(204, 4)).toBe(50);
  expect(await affordable(204, 2)).toBe(100);
  expect(await affordable(1e6, 4)).toBe(128);
  expect(await affordable(4, 4)).toBe(8);
  expect(
    new Passes(countingSource(4).source, clock(1).deadline).affordable(4, clock(1).deadline),
  ).toBe(128);
});
