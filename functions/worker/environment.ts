/**
 * The environment of a process that runs strangers' models: what Lambda's runtime and the log need. Permissions are
 * not in it, so that neither this process nor any that it starts finds one.
 */
import { childEnvironment } from '../../shared/base/child-environment.ts';

/** Besides what every child may have. */
const NAMES: ReadonlySet<string> = new Set([
  '_HANDLER',
  '_LAMBDA_TELEMETRY_LOG_FD',
  '_LAMBDA_TELEMETRY_LOG_FD_PROVIDER_SOCKET',
  '_X_AMZN_TRACE_ID',
  'AWS_BATCH_JOB_ATTEMPT',
  'AWS_BATCH_JOB_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_FORMAT',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_LEVEL',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'FETTLE_ALONE',
  'FETTLE_CONFINE',
  'LAMBDA_TASK_ROOT',
  'NODE_ENV',
  'POWERTOOLS_LOG_LEVEL',
]);

/** What of the container's environment a worker keeps, and `more`. */
export function workerEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const kept = Object.entries(own).flatMap(([name, value]) =>
    NAMES.has(name) && value !== undefined ? [[name, value] as const] : [],
  );
  return { ...childEnvironment({}, own), ...Object.fromEntries(kept), ...more };
}
