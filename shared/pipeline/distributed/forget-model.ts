/** Removes a model from the outbox: its pointers and runs. What it was made of, and what others share, stays. */
import type { ModelRuns } from './model-runs.ts';
import type { ObjectStore } from './object-store.ts';
import { pointerKey } from './pointers.ts';

/** What would go. */
export interface Forgotten {
  readonly name: string;
  readonly runs: readonly string[];
  readonly objects: number;
  readonly bytes: number;
}

/** Counts without removing anything. */
export function toForget({ name, latest, candidate, runs }: ModelRuns): Forgotten {
  const ofRuns = runs.reduce((sum, run) => sum + run.objects.length, 0);
  return {
    name,
    runs: runs.map(({ id }) => id),
    objects: ofRuns + (latest ? 1 : 0) + (candidate ? 1 : 0),
    bytes: runs.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Pointers first: nobody is led to what is going away. */
export async function forgetModel(objects: ObjectStore, { name, runs }: ModelRuns): Promise<void> {
  await objects.delete([pointerKey(name, 'latest'), pointerKey(name, 'candidate')]);
  for (const run of runs) await objects.delete(run.objects);
}
