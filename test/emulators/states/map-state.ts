/** A `Map` state: which of its two kinds it is. */
import { type RunMachine, runInlineMap } from './branches.ts';
import { runDistributedMap } from './distributed-map.ts';
import { itemsOf, select } from './items.ts';
import { integerIn, type Outcome, type VisitOf } from './visit.ts';

/** Runs an inline map, or starts and awaits the map run of a distributed one. */
export async function runMapOrMapRun(visit: VisitOf<'Map'>, run: RunMachine): Promise<Outcome> {
  const { state } = visit;
  const concurrency = await integerIn(visit, 'MaxConcurrency', state.MaxConcurrency ?? 0);
  if (state.ItemProcessor.ProcessorConfig?.Mode === 'DISTRIBUTED') {
    return runDistributedMap(visit, concurrency, run);
  }
  const inputs = async () => select(visit, await itemsOf(visit));
  return runInlineMap(visit, inputs, concurrency, run);
}
