/** Has the orders of jobs signed anew for as long as they run; functions end long before their addresses do. */
import { isJobLane } from '../../shared/pipeline/distributed/lanes.ts';
import { RENEWED_EVERY_SECONDS, type Shard } from '../../shared/pipeline/distributed/order.ts';
import { StateMachineExecutions, statesClient } from '../adapters/step-functions.ts';
import type { Settings } from '../settings.ts';

export interface SignedRound {
  readonly execution: string;
  readonly request: string;
  readonly name: string;
  readonly attempt: number;
  readonly round: number;
}

/** Starts the machine for it where the stack has one and the round has jobs. Twice does no harm. */
export async function keepSigned(
  round: SignedRound,
  shards: readonly Shard[],
  { renewArn }: Pick<Settings, 'renewArn'>,
): Promise<void> {
  if (renewArn === undefined || !shards.some(({ lane }) => isJobLane(lane))) return;
  // A redriven round begins again, under another name.
  const name = `${round.execution.slice(0, 60)}-${round.round}-${Date.now().toString(36)}`;
  const input = { action: 'renew', ...round, seconds: RENEWED_EVERY_SECONDS };
  await new StateMachineExecutions(statesClient(), renewArn).start(name, input);
}
