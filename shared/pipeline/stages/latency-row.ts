/** A timed pair as the report states it. */
import { judgeSamples } from '../../measure/latency/time.ts';
import type { Latency } from '../../report/schema.ts';
import type { LatencyPair, StoredSamples } from '../steps/latency.ts';

export type DonePair = Extract<LatencyPair, { status: 'done' }>;

/** The row of a variant, its interval widened for each look; with `isBase` the base's own, which is compared with nothing. */
export function latencyRow({ variant, base }: DonePair, isBase: boolean): Latency {
  const own = {
    ms: variant.ms,
    ...intervalOfMs(variant),
    p90Ms: variant.p90Ms,
    p99Ms: variant.p99Ms,
    loadMs: variant.loadMs,
    sessions: variant.sessions,
    threads: variant.threads,
    shapes: variant.shapes,
  };
  if (isBase) return own;
  const { ratio, low, high, verdict } = judgeSamples(variant);
  return {
    ...own,
    baseMs: base.ms,
    ratio,
    low,
    high,
    verdict,
    pairs: variant.logRatios.map(Math.exp),
  };
}

/** From the sessions' medians: sessions, not runs, are what is independent. */
function intervalOfMs({ sessionMs, looks }: StoredSamples): { msLow?: number; msHigh?: number } {
  if (sessionMs.length < 2) return {};
  const { low, high } = judgeSamples({ logRatios: sessionMs.map(Math.log), looks });
  return { msLow: low, msHigh: high };
}
