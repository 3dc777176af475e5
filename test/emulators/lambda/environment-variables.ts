/** What a function sees of its environment: what Lambda sets, and what the function's settings add. */
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import type { FunctionDefinition } from './settings.ts';

/**
 * Nothing of this process's own environment. Source: "Defined runtime environment variables"; the temporary folder
 * stands for `/tmp`, which environments on one machine cannot each have.
 */
export function environmentVariables(
  { function: fn, region, temp }: { function: FunctionDefinition; region: string; temp: string },
  runtimeApi: string,
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = fn.credentials;
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: `${dirname(fn.container?.node ?? process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    TMPDIR: temp,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memory),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[$LATEST]${randomUUID().replaceAll('-', '')}`,
    ...fn.environment,
    // Last: no setting of a function overrides these.
    _HANDLER: fn.handler,
    LAMBDA_TASK_ROOT: fn.root,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
  };
}
