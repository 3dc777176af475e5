/** What a look at the inbox needs, in AWS. */
import type { Context } from 'aws-lambda';
import type { GatherPorts } from '../../shared/pipeline/distributed/gather.ts';
import { currentToolchain } from '../../shared/pipeline/distributed/toolchain.ts';
import { processS3Client } from '../adapters/clients.ts';
import { S3Objects } from '../adapters/s3-objects.ts';
import { StateMachineExecutions, statesClient } from '../adapters/step-functions.ts';
import type { Telemetry } from '../adapters/telemetry.ts';
import { readSettings } from '../settings.ts';

/** Left for what was begun, and for the answer. */
const MARGIN_MS = 30_000;

/** Ports for one call. */
export function openInbox(
  telemetry: Telemetry,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): GatherPorts {
  const { inbox, outbox, optimizeArn, maxJobs, quietSeconds } = readSettings();
  const client = processS3Client();
  return {
    inbox: new S3Objects(client, inbox),
    outbox: new S3Objects(client, outbox),
    executions: new StateMachineExecutions(statesClient(), optimizeArn),
    log: telemetry,
    count: (name, value) => telemetry.metric(name, value),
    toolchain: currentToolchain,
    bucket: inbox,
    maxJobs,
    quietSeconds,
    now: () => Date.now(),
    deadline: Date.now() + context.getRemainingTimeInMillis() - MARGIN_MS,
  };
}
