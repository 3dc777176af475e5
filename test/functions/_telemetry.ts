/** Telemetry that keeps what was told. */
import type { Telemetry } from '../../functions/adapters/telemetry.ts';
import { collectingLog } from '../../shared/base/log.ts';

export interface CollectingTelemetry extends Telemetry {
  readonly lines: readonly string[];
  readonly metrics: readonly [name: string, value: number][];
}

export function collectingTelemetry(): CollectingTelemetry {
  const metrics: [string, number][] = [];
  return {
    ...collectingLog(),
    metrics,
    about: () => {},
    error: () => {},
    metric: (name, value) => metrics.push([name, value]),
  };
}
