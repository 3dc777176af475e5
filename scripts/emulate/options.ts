/** The arguments of `npm run emulate`. */
import { parseArgs } from 'node:util';
import type { Credentials } from '../../test/emulators/s3/start-s3.ts';

export interface EmulateOptions {
  readonly inbox: string;
  readonly outbox: string;
  /** Absent: as the stack has it. */
  readonly quietSeconds?: number;
  /** An S3 that is there already. */
  readonly s3?: { readonly endpoint: string; readonly credentials: Credentials };
}

const USAGE = `usage: npm run emulate [-- --inbox NAME --outbox NAME --quiet-seconds N --s3 URL]
  --inbox, --outbox   names of the buckets (default: inbox, outbox)
  --quiet-seconds N   a prefix starts when it has been quiet so long, a whole number from 1 (default: 20)
  --s3 URL            another S3 than the emulator's; its keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`;

/** As S3 takes names of buckets. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** The options, or what to print where they are wrong. */
export function readEmulateOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): EmulateOptions | { readonly usage: string } {
  try {
    return read(args, env);
  } catch (error) {
    return { usage: `${error instanceof Error ? error.message : error}\n${USAGE}` };
  }
}

function read(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): EmulateOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      inbox: { type: 'string', default: 'inbox' },
      outbox: { type: 'string', default: 'outbox' },
      'quiet-seconds': { type: 'string' },
      s3: { type: 'string' },
    },
  });
  const { inbox, outbox, s3, 'quiet-seconds': quiet } = values;
  const wrong = [inbox, outbox].find((name) => !BUCKET.test(name));
  if (wrong !== undefined) throw new Error(`no name of a bucket: '${wrong}'`);
  if (inbox === outbox) throw new Error('inbox and outbox need two names');
  const quietSeconds = Number(quiet);
  if (quiet !== undefined && !(Number.isSafeInteger(quietSeconds) && quietSeconds >= 1)) {
    throw new Error(`--quiet-seconds needs a whole number from 1, not '${quiet}'`);
  }
  return {
    inbox,
    outbox,
    ...(quiet !== undefined && { quietSeconds }),
    ...(s3 !== undefined && { s3: foreign(s3, env) }),
  };
}

function foreign(
  endpoint: string,
  { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }: Readonly<Record<string, string | undefined>>,
): NonNullable<EmulateOptions['s3']> {
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) {
    throw new Error(`--s3 needs an http address, not '${endpoint}'`);
  }
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new Error('--s3 needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment');
  }
  return {
    endpoint,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
  };
}
