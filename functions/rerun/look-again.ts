/** One call of `rerun`: looks at what is published, and leaves what takes longer to the machine `Gather`. */
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { digestJson, hexOf } from '../../shared/base/digest.ts';
import { firstLook, type RerunAnswer, rerun } from '../../shared/pipeline/distributed/rerun.ts';
import { StateMachineExecutions, statesClient } from '../adapters/step-functions.ts';
import { createTelemetry } from '../adapters/telemetry.ts';
import { openInbox } from '../gather/open-inbox.ts';
import { readSettings } from '../settings.ts';

/** Of the schedule, of an update of the stack, or of a person. */
const eventSchema = z.object({ reason: z.enum(['scheduled', 'requested']).optional() });

/** Gives how far it came. */
export async function lookAgain(
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'>,
): Promise<RerunAnswer> {
  const { reason = 'scheduled' } = eventSchema.parse(event ?? {});
  const telemetry = createTelemetry('rerun');
  const answer = await rerun(firstLook(reason), openInbox(telemetry, context));
  if (answer.next === 'done') return answer;
  const gathers = new StateMachineExecutions(statesClient(), readSettings().gatherArn);
  // The call that is made twice has the same name.
  const name = `rerun-${hexOf(digestJson(context.awsRequestId)).slice(0, 40)}`;
  await gathers.start(name, { rerun: answer.rerun, seconds: answer.seconds });
  telemetry.info(`${answer.rerun.looked} models were looked at; the others follow`);
  return answer;
}
