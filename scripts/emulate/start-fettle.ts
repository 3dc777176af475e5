/** Fettle's stack in emulation, as `npm run emulate` starts it. */
import { type Stack, startStack } from '../../test/emulators/stack/start-stack.ts';
import { synthesize } from '../../test/emulators/stack/synthesize.ts';
import type { EmulateOptions } from './options.ts';

export interface StartOptions extends EmulateOptions {
  /** The functions' built folder. */
  readonly root: string;
  readonly log: (source: string, text: string) => void;
}

/** What is printed when everything listens: the contract's line. */
export interface Ready {
  readonly s3: string;
  readonly lambda: string;
  readonly inbox: string;
  readonly outbox: string;
  readonly function: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Starts the stack with the options' names. */
export async function startFettle(
  options: StartOptions,
): Promise<{ readonly stack: Stack; readonly ready: Ready }> {
  const { inbox, outbox, quietSeconds, root, s3, log } = options;
  const template = await synthesize({
    buckets: { inbox, outbox },
    ...(quietSeconds !== undefined && { quietSeconds }),
  });
  const stack = await startStack({
    template,
    root,
    log,
    onEvent: (event) => {
      // The emulated services tell of themselves all the time; this is what users wait for.
      if (event.source.startsWith('aws.')) return;
      log('event', `${event['detail-type']} ${JSON.stringify(event.detail)}`);
    },
    ...(s3 && { s3 }),
  });
  const { events, queues } = stack.endpoints;
  log('emulate', `Step Functions ${stack.states.endpoint}, EventBridge ${events}, SQS ${queues}`);
  const { endpoint, credentials } = stack.storage;
  const { InboxName = '', OutboxName = '', ApiFunction = '' } = stack.outputs;
  const ready = {
    s3: endpoint,
    lambda: stack.lambda.endpoint,
    inbox: InboxName,
    outbox: OutboxName,
    // The template gives the alias's ARN: arn:aws:lambda:REGION:ACCOUNT:function:NAME:live.
    function: ApiFunction.split(':')[6] ?? '',
    region: stack.region,
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
  };
  return { stack, ready };
}
