/**
 * Orders written anew while their workers run: addresses end with the credentials of the role that signed them, which
 * nobody promises to last as long as a job of Batch does, or until somebody redrives an execution.
 */
import type { AssignedStep, Site } from './advance-round.ts';
import { type Execution, type ExecutionKeys, readRound } from './execution.ts';
import { assignLane } from './lanes.ts';
import { replay } from './replay.ts';
import { writeOrders } from './write-orders.ts';

/** Signs the orders of a round again that have no result yet. Gives how many those are; 0: the round is over. */
export async function renewOrders(
  execution: Execution,
  keys: ExecutionKeys,
  round: number,
  site: Site,
): Promise<number> {
  const { objects } = site;
  const decided = await readRound(objects, keys, round);
  if (!decided || (await objects.head(keys.round(round + 1)))) return 0;
  const waiting = new Set<string>();
  for (const { key } of decided.open) {
    const isOver =
      (await objects.head(keys.result(key))) ?? (await objects.head(keys.failure(key)));
    if (!isOver) waiting.add(key);
  }
  if (waiting.size === 0) return 0;
  const state = await replay(execution, decided, site);
  const open = 'open' in state ? state.open.filter(({ key }) => waiting.has(key)) : [];
  const steps = open.flatMap((step): AssignedStep[] => {
    const assigned = assignLane(step, step.input, site.lanes, execution.job);
    return assigned ? [{ step, ...assigned }] : [];
  });
  await writeOrders(steps, execution, keys, site);
  return steps.length;
}
