/** Logs and metrics of functions: structured lines for CloudWatch Logs, and metrics in its embedded format (EMF). */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Log } from '../../shared/base/log.ts';

/** Of all of Fettle's metrics; each has the dimension `service`, the handler's name. */
export const NAMESPACE = 'Fettle';

/** Whose a line or a number is. They are searchable in every line, and no dimensions: those cost by the value. */
export interface TelemetryKeys {
  readonly execution?: string;
  readonly model?: string;
  readonly shard?: string;
}

/** What is counted and timed, in CloudWatch's units. */
const UNITS = {
  count: MetricUnit.Count,
  seconds: MetricUnit.Seconds,
  bytes: MetricUnit.Bytes,
  percent: MetricUnit.Percent,
} as const;

/** Units of metrics. */
export type TelemetryUnit = keyof typeof UNITS;

/** Lines for people who look after the stack, and numbers for its alarms. */
export interface Telemetry extends Log {
  /** From now on lines and metrics carry these keys, and none that were given before. */
  about(keys: TelemetryKeys): void;
  /** Something failed; the error is told with its stack. */
  error(message: string, error: unknown): void;
  /** Written at once: a function that is killed has told what it measured. */
  metric(name: string, value: number, unit?: TelemetryUnit): void;
}

/** For one handler. Detail (`debug`) is written when `POWERTOOLS_LOG_LEVEL` asks for it. */
export function createTelemetry(service: string): Telemetry {
  const logger = new Logger({ serviceName: service });
  const metrics = new Metrics({ namespace: NAMESPACE, serviceName: service });
  let about: TelemetryKeys = {};
  return {
    about(keys) {
      about = keys;
      logger.resetKeys();
      logger.appendKeys({ ...keys });
    },
    debug: (message) => logger.debug(message),
    info: (message) => logger.info(message),
    warn: (message) => logger.warn(message),
    error: (message, error) =>
      logger.error(message, error instanceof Error ? error : new Error(String(error))),
    metric(name, value, unit = 'count') {
      const single = metrics.singleMetric();
      for (const [key, text] of Object.entries(about)) single.addMetadata(key, text);
      single.addMetric(name, UNITS[unit], value);
    },
  };
}
