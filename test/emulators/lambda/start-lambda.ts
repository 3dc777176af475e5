/**
 * AWS Lambda on this machine: the Invoke API, and behind it the functions' own folders under AWS's own runtime
 * interface client, one process with children for each execution environment. Limits of memory and files need Linux (/proc).
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkedPayload, createInvokeServer } from './invoke-api.ts';
import { LambdaFunction } from './lambda-function.ts';
import type { Usage } from './meter.ts';
import { writeRuntimeFiles } from './runtime-client-file.ts';
import { Scheduler } from './scheduler.ts';
import { ServiceError } from './service-error.ts';
import { defineFunction, type Faults, type FunctionSettings } from './settings.ts';

export type { Usage } from './meter.ts';
export { ServiceError } from './service-error.ts';
export type * from './settings.ts';

/** Everything has a default. */
export interface LambdaOptions {
  readonly functions?: Readonly<Record<string, FunctionSettings>>;
  /** Default 0: a free one. */
  readonly port?: number;
  readonly region?: string;
  readonly account?: string;
  /**
   * Execution environments that may live at one time; further invocations wait, and idle environments of other
   * functions make room. A function that waits for another holds its own meanwhile. Default 8.
   */
  readonly environments?: number;
  /** Default 50; Lambda: one minute. */
  readonly retryDelayMs?: number;
  readonly faults?: Faults;
  /** Everything that functions write, and Lambda's own lines. */
  readonly log?: (functionName: string, text: string) => void;
}

/** What `Invoke` answers, without HTTP. */
export interface Answer {
  /** `Unhandled` when the function failed; the payload then is `{ errorType, errorMessage }`. */
  readonly functionError?: 'Unhandled';
  readonly payload: string;
  readonly executedVersion: string;
  readonly requestId: string;
  readonly durationMs: number;
}

/** A running one. */
export interface LambdaEmulator extends AsyncDisposable {
  /** For `AWS_ENDPOINT_URL_LAMBDA`. */
  readonly endpoint: string;
  arn(name: string): string;
  /** Adds a function, or gives one other settings. */
  define(name: string, settings: FunctionSettings): void;
  /** Runs a function and waits, as the SDK's `Invoke` does. @throws ServiceError with the service's own name and status */
  invoke(name: string, payload: unknown, qualifier?: string): Promise<Answer>;
  /** What a function has used since the start. */
  usage(name: string): Usage;
  /** When no event is under way, retries and destinations included. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 when it resolves. */
export async function startLambda(options: LambdaOptions = {}): Promise<LambdaEmulator> {
  const { region = 'us-east-1', account = '123456789012' } = options;
  const folder = mkdtempSync(join(tmpdir(), 'lambda-'));
  // Functions may run as another user.
  chmodSync(folder, 0o755);
  const runtime = writeRuntimeFiles(folder);
  let environments = 0;
  const scheduler = new Scheduler(options.environments ?? 8, (fn) => ({
    function: fn,
    region,
    ...runtime,
    temp: join(folder, String(++environments)),
    log: (text) => options.log?.(fn.name, text),
  }));
  const killAtExit = (): void => scheduler.killAll();
  process.on('exit', killAtExit);

  const closed = new AbortController();
  const functions = new Map<string, LambdaFunction>();
  const find = (name: string): LambdaFunction => {
    const found = functions.get(name);
    if (found) return found;
    const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
    throw new ServiceError(404, 'ResourceNotFoundException', `Function not found: ${arn}`);
  };
  const define = (name: string, settings: FunctionSettings): void => {
    const before = functions.get(name);
    if (before) scheduler.retire(before.definition);
    const definition = defineFunction(name, settings, { region, account });
    const { faults = { seed: 0 }, retryDelayMs = 50 } = options;
    const shared = { scheduler, faults, retryDelayMs, closed: closed.signal };
    functions.set(name, new LambdaFunction(definition, shared));
  };
  for (const [name, settings] of Object.entries(options.functions ?? {})) define(name, settings);

  const server = createInvokeServer(find);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });

  const close = async (): Promise<void> => {
    closed.abort();
    server.closeAllConnections();
    server.close();
    await scheduler.close();
    process.off('exit', killAtExit);
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arn: (name) => find(name).definition.arn,
    define,
    async invoke(name, payload, qualifier) {
      const fn = find(name);
      const executedVersion = fn.versionOf(qualifier);
      const bytes = checkedPayload(Buffer.from(JSON.stringify(payload)), 'RequestResponse');
      const { id, body, failed, durationMs } = await fn.request({ payload: bytes, qualifier });
      return {
        payload: body.toString(),
        executedVersion,
        requestId: id,
        durationMs,
        ...(failed && { functionError: 'Unhandled' as const }),
      };
    },
    usage: (name) => find(name).usage,
    async settled() {
      for (const fn of functions.values()) await fn.settled();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
