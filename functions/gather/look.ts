/** One call of `gather`: a look at a prefix of the inbox, or the next part of a look at all published models. */
import type { Context } from 'aws-lambda';
import {
  type GatherAnswer,
  gather,
  gatherStateSchema,
} from '../../shared/pipeline/distributed/gather.ts';
import {
  type RerunAnswer,
  rerun,
  rerunStateSchema,
} from '../../shared/pipeline/distributed/rerun.ts';
import { createTelemetry } from '../adapters/telemetry.ts';
import { openInbox } from './open-inbox.ts';

/** Gives what the next call is to be called with. */
export async function look(
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<GatherAnswer | RerunAnswer> {
  const again = rerunStateSchema.safeParse(event);
  const ports = openInbox(createTelemetry('gather'), context);
  return again.success ? rerun(again.data, ports) : gather(gatherStateSchema.parse(event), ports);
}
