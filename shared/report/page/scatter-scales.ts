/** The axes of the scatter plot: where a time and a score lie, their intervals, ticks and their texts. */

import { scaleLinear, scaleLog } from 'd3-scale';
import { metricKind } from '../metric-kind.ts';
import type { Accuracy, Latency } from '../schema.ts';

/** Above this ratio of slowest to fastest, equal steps are equal factors. */
const LOG_ABOVE = 6;

interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** Milliseconds: the interval of the ratio, times the base. */
export function timeInterval({ baseMs, low, high }: Latency): Bounds | undefined {
  if (baseMs === undefined || low === undefined || high === undefined) return undefined;
  return { low: baseMs * low, high: baseMs * high };
}

/**
 * The metric's value, as the paired interval bounds it: it is much narrower than the value's own.
 * A fraction stays between 0 and 1.
 */
export function scoreInterval(accuracy: Accuracy): Bounds | undefined {
  const { base, low, high } = accuracy;
  if (base === undefined || low === undefined || high === undefined) return undefined;
  if (!Number.isFinite(low) || !Number.isFinite(high)) return undefined;
  const inRange = (value: number): number =>
    metricKind(accuracy).fraction ? Math.min(1, Math.max(0, value)) : value;
  return { low: inRange(base + low), high: inRange(base + high) };
}

/** Milliseconds to a place between `from` and `to`, with room for intervals. */
export function timeScale(latencies: readonly Latency[], from: number, to: number) {
  const ends = latencies.flatMap((latency) => {
    const { low, high } = timeInterval(latency) ?? { low: latency.ms, high: latency.ms };
    return [latency.ms, low, high].filter((time) => time > 0);
  });
  const least = Math.min(...ends);
  const most = Math.max(...ends);
  if (most / least > LOG_ABOVE) {
    return scaleLog()
      .domain([least / 1.25, most * 1.25])
      .range([from, to])
      .clamp(true);
  }
  const pad = (most - least) * 0.1 || most * 0.1;
  return scaleLinear()
    .domain([Math.max(0, least - pad), most + pad])
    .range([from, to])
    .clamp(true);
}

/** A metric's value to a place between `from` (worst end of the range) and `to`. */
export function scoreScale(accuracies: readonly Accuracy[], from: number, to: number) {
  const ends = accuracies.flatMap((accuracy) => {
    const { value } = accuracy;
    const { low, high } = scoreInterval(accuracy) ?? { low: value, high: value };
    return [value, low, high];
  });
  const least = Math.min(...ends);
  const most = Math.max(...ends);
  const pad = (most - least) * 0.12 || Math.abs(most) * 0.01 || 0.01;
  return scaleLinear()
    .domain([least - pad, most + pad])
    .range([from, to])
    .clamp(true);
}

/** About `count` times; of a logarithmic scale d3 gives every digit of a decade, which is thinned. */
export function timeTicks(scale: ReturnType<typeof timeScale>, count: number): number[] {
  const ticks = scale.ticks(count);
  const step = Math.ceil(ticks.length / count);
  return ticks.filter((_, index) => index % step === 0);
}

/** `50 µs`, `1.5 ms`, `2 s`, without the zeros of a measured number. */
export function timeTickText(ms: number): string {
  if (ms >= 1000) return `${Number((ms / 1000).toPrecision(4))} s`;
  return ms >= 1 ? `${Number(ms.toPrecision(4))} ms` : `${Number((ms * 1000).toPrecision(4))} µs`;
}

/** As many decimals as the distance of the ticks asks for. */
export function scoreTickText(accuracy: Accuracy, tick: number, ticks: readonly number[]): string {
  const [first = 0, second = first + 1] = ticks;
  const factor = metricKind(accuracy).fraction ? 100 : 1;
  const step = Math.abs(second - first) * factor;
  const decimals = Math.max(0, Math.min(6, Math.ceil(-Math.log10(step) - 1e-9)));
  const text = (tick * factor).toFixed(decimals).replace('-', '−');
  return factor === 100 ? `${text}%` : text;
}
