/** Clients of AWS as every function uses them: patient, and led elsewhere by the SDK's own variables. */
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { Patience } from './patience.ts';

/** For the configuration of any client; addresses come from `AWS_ENDPOINT_URL_…`, as the SDK reads them. */
export interface ClientDefaults {
  readonly maxAttempts: number;
  readonly retryStrategy: Patience;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly socketTimeout: number;
    readonly httpAgent: { readonly maxSockets: number };
    readonly httpsAgent: { readonly maxSockets: number };
  };
}

/** As often as a thousand shards that begin at once need; the last pauses are up to 20 s. */
const ATTEMPTS = 12;

/** A connection that gives nothing for so long is dead; bodies of gigabytes are well within it. */
const SILENCE_MS = 60_000;

const ignore = (): void => {};

/** Without one, the SDK writes remarks about streams to the console, between the lines of the log. */
const SILENT = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

/** What every client of AWS is made with. */
export function clientDefaults(attempts = ATTEMPTS): ClientDefaults {
  const agent = { maxSockets: 64 };
  return {
    maxAttempts: attempts,
    retryStrategy: new Patience(attempts),
    requestHandler: {
      connectionTimeout: 5_000,
      socketTimeout: SILENCE_MS,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}

/**
 * One client for all calls of a process, made at the first: a new connection, with its handshake, costs more than most
 * requests. Where the environment names another place or other credentials, there is another.
 */
export function oncePerProcess<T>(make: () => T): () => T {
  const made = new Map<string, T>();
  return () => {
    const { env } = process;
    const place = Object.keys(env).filter((name) => /^AWS_(?:ENDPOINT|REGION|ACCESS)/.test(name));
    const key = JSON.stringify(place.sort().map((name) => [name, env[name]]));
    const client = made.get(key) ?? make();
    made.set(key, client);
    return client;
  };
}

/** The client of S3 that trusted functions use. */
export const processS3Client: () => S3Client = oncePerProcess(() => s3Client());

/** A client of S3. An endpoint of one's own has no host names for buckets. */
export function s3Client(
  config: Omit<S3ClientConfig, 'maxAttempts'> & { readonly maxAttempts?: number } = {},
  env: Readonly<Record<string, string | undefined>> = process.env,
): S3Client {
  const isElsewhere = config.endpoint ?? env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
  return new S3Client({
    ...clientDefaults(config.maxAttempts),
    forcePathStyle: isElsewhere !== undefined,
    // What an address allows must not depend on the bytes: no checksum of nothing goes into it.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    logger: SILENT,
    ...config,
  });
}
