/** `fettle remote promote` and `rollback`: another run comes into use, and what that changes is shown. */
import { earlierRun, pointerTo } from '../../pipeline/distributed/earlier-run.ts';
import { readModelRuns } from '../../pipeline/distributed/model-runs.ts';
import type { ObjectStore } from '../../pipeline/distributed/object-store.ts';
import { type Pointer, promote, rollback } from '../../pipeline/distributed/pointers.ts';
import { readRunReport } from '../../pipeline/distributed/run-report.ts';
import { diffReports } from '../../report/diff.ts';
import type { Report } from '../../report/schema.ts';

/** What is in use now, and what was before. */
export interface Moved {
  readonly name: string;
  /** Key of its folder. */
  readonly run: string;
  readonly replaced?: string;
  /** From the report of the former run to that of the new one, where both are there. */
  readonly difference?: Report;
}

/** @throws InputError when there is no candidate, or no such model */
export async function promoteModel(objects: ObjectStore, name: string): Promise<Moved> {
  const { latest } = await readModelRuns(objects, name);
  return moved(name, latest, await promote(objects, name), objects);
}

/** @throws InputError when there is no run to go back to, or no such model */
export async function rollbackModel(
  objects: ObjectStore,
  name: string,
  to: string | undefined,
): Promise<Moved> {
  const model = await readModelRuns(objects, name);
  const pointer = await pointerTo(earlierRun(model, to), objects);
  return moved(name, model.latest, await rollback(objects, name, pointer), objects);
}

async function moved(
  name: string,
  former: Pointer | undefined,
  { run }: Pointer,
  objects: ObjectStore,
): Promise<Moved> {
  if (!former) return { name, run };
  const base = await readRunReport(objects, former.run);
  const head = await readRunReport(objects, run);
  const labels = { base: idOf(former.run), head: idOf(run) };
  return {
    name,
    run,
    replaced: former.run,
    ...(base.kind === 'report' &&
      head.kind === 'report' && { difference: diffReports(base.report, head.report, labels) }),
  };
}

/** The name of a run's folder. */
export const idOf = (run: string): string => run.slice(run.lastIndexOf('/') + 1);
