/** A timed pair as the report states it. */
import { judgeLatency } from '../../measure/latency/judge.ts';
import { lookConfidence } from '../../measure/latency/protocol.ts';
import type { Latency } from '../../report/schema.ts';
import type { LatencyPair, StoredSamples } from '../steps/latency.ts';

type DonePair = Extract<LatencyPair, { status: 'done' }>;

/** Ratio, interval and verdict of a pair. */
export function judgeLatencyPair({ variant }: DonePair): ReturnType<typeof judgeLatency> {
  return judgeLatency(variant.logRatios, lookConfidence(variant.looks));
}

/** The row of a variant; with `isBase` the base's own, which is compared with nothing. */
export function latencyRow(pair: DonePair, isBase: boolean): Latency {
  const { variant, base } = pair;
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
  const { ratio, low, high, verdict } = judgeLatencyPair(pair);
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
  const { low, high } = judgeLatency(sessionMs.map(Math.log), lookConfidence(looks));
  return { msLow: low, msHigh: high };
}
