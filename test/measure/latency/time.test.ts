import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../shared/base/errors.ts';
import type { LatencyProtocol } from '../../../shared/measure/latency/protocol.ts';
import { SHORT_PROTOCOL } from '../../../shared/measure/latency/protocol.ts';
import type { LatencyCandidate } from '../../../shared/measure/latency/round.ts';
import { judgeSamples, measureLatency } from '../../../shared/measure/latency/time.ts';

const path = fileURLToPath(new URL('../../../examples/digits/digits.onnx', import.meta.url));
const digits: LatencyCandidate = {
  name: 'float32',
  path,
  feeds: { image: { type: 'float32', dims: [1, 8, 8, 1], data: new Float32Array(64).fill(0.5) } },
};
/** The same model on a batch of 64: far slower on any machine. */
const batch: LatencyCandidate = {
  ...digits,
  name: 'batch',
  feeds: {
    image: { type: 'float32', dims: [64, 8, 8, 1], data: new Float32Array(4096).fill(0.5) },
  },
};
const QUICK: LatencyProtocol = { ...SHORT_PROTOCOL, looks: [2], minMs: 10, visitMs: 1 };

describe('measureLatency', () => {
  it('times base and variants side by side and tells what it did', async () => {
    const rounds: string[] = [];
    const { base, variants } = await measureLatency(digits, [batch], {
      protocol: QUICK,
      onRound: (done, of) => rounds.push(`${done}/${of}`),
    });
    expect(rounds).toEqual(['1/2', '2/2']);
    expect(base.logRatios).toEqual([0, 0]);
    expect(base.shapes).toEqual({ image: [1, 8, 8, 1] });
    const [timed] = variants;
    if (timed?.status !== 'done') throw new Error('the variant was not timed');
    const { samples } = timed;
    expect(samples).toMatchObject({
      name: 'batch',
      sessions: 2,
      threads: 1,
      looks: 1,
      short: true,
      shapes: { image: [64, 8, 8, 1] },
    });
    expect(samples.runs).toBeGreaterThanOrEqual(2 * 20);
    expect(samples.ms).toBeGreaterThan(2 * base.ms);
    expect(samples.ms).toBeLessThanOrEqual(samples.p90Ms);
    expect(samples.p90Ms).toBeLessThanOrEqual(samples.p99Ms);
    expect(samples.loadMs).toBeGreaterThan(0);
    expect(judgeSamples(samples).ratio).toBeGreaterThan(2);
  });

  it('goes on without a variant that fails, in groups or together', async () => {
    const noFile = { ...digits, name: 'missing', path: '/nowhere/missing.onnx' };
    const noFeed = { ...digits, name: 'unfed', feeds: {} };
    for (const maxGroupBytes of [1, 1e9]) {
      const { variants } = await measureLatency(digits, [noFile, batch, noFeed], {
        protocol: { ...QUICK, looks: [1] },
        isDecided: () => true,
        maxGroupBytes,
      });
      expect(variants.map(({ status }) => status)).toEqual(['failed', 'done', 'failed']);
      const [missing, , unfed] = variants;
      expect(missing).toMatchObject({ name: 'missing', error: expect.any(InputError) });
      expect(unfed).toMatchObject({
        error: { message: expect.stringContaining("no input 'image'") },
      });
    }
  });

  it('fails with the base', async () => {
    await expect(
      measureLatency({ ...digits, feeds: {} }, [batch], { protocol: QUICK }),
    ).rejects.toThrow(InputError);
  });

  it('takes more sessions while undecided, as far as the looks go', async () => {
    const looks = [1, 2, 3];
    const done = async (isDecided: (sessions: number) => boolean, seconds = 60) => {
      const { base } = await measureLatency(digits, [digits], {
        protocol: { ...QUICK, looks, seconds },
        isDecided: ({ sessions }) => isDecided(sessions),
      });
      return base.sessions;
    };
    expect(await done(() => true)).toBe(1);
    expect(await done((sessions) => sessions === 2)).toBe(2);
    expect(await done(() => false)).toBe(3);
    expect(await done(() => false, 0)).toBe(1);
  });

  it('stops on a signal', async () => {
    const stop = new AbortController();
    const measuring = measureLatency(digits, [batch], {
      protocol: { ...QUICK, looks: [100] },
      signal: stop.signal,
      onRound: () => stop.abort(new Error('enough')),
    });
    await expect(measuring).rejects.toThrow('enough');
  });
});
