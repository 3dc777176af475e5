/** The runs of one model with what became of each. */
import { z } from 'zod';
import type { Report } from '../../report/schema.ts';
import { noSuchModel } from './catalog.ts';
import type { PointerName } from './model-keys.ts';
import type { ObjectStore } from './object-store.ts';
import { type Pointer, readPointer } from './pointers.ts';
import { readJson } from './read-json.ts';
import { readRunReport } from './run-report.ts';
import { listRuns, type StoredRun } from './runs.ts';

export interface RunFacts extends StoredRun {
  /** The name of its folder. */
  readonly id: string;
  /** Absent for a job that failed, and for a run that is not whole. */
  readonly report?: Report;
  /** Of a job that failed. */
  readonly error?: string;
  readonly use?: PointerName;
}

export interface ModelRuns {
  readonly name: string;
  readonly latest: Pointer | undefined;
  readonly candidate: Pointer | undefined;
  /** From the newest. */
  readonly runs: readonly RunFacts[];
}

/** @throws InputError, with the nearest names, when nothing of the model is there */
export async function readModelRuns(objects: ObjectStore, name: string): Promise<ModelRuns> {
  const stored = await listRuns(objects, name);
  const latest = (await readPointer(objects, name, 'latest'))?.pointer;
  const candidate = (await readPointer(objects, name, 'candidate'))?.pointer;
  if (stored.length === 0 && !latest && !candidate) throw await noSuchModel(objects, name);
  const runs: RunFacts[] = [];
  for (const run of stored) {
    const use = useOf(run.key, latest, candidate);
    runs.push({
      ...run,
      id: run.key.slice(run.key.lastIndexOf('/') + 1),
      ...(await outcomeOf(objects, run)),
      ...(use && { use }),
    });
  }
  return { name, latest, candidate, runs };
}

function useOf(
  key: string,
  latest: Pointer | undefined,
  candidate: Pointer | undefined,
): PointerName | undefined {
  if (latest?.run === key) return 'latest';
  return candidate?.run === key ? 'candidate' : undefined;
}

const errorSchema = z.object({ message: z.string() });

async function outcomeOf(
  objects: ObjectStore,
  { key, isWhole, objects: keys }: StoredRun,
): Promise<Pick<RunFacts, 'report' | 'error'>> {
  if (isWhole) {
    const read = await readRunReport(objects, key);
    return read.kind === 'report' ? { report: read.report } : {};
  }
  if (!keys.includes(`${key}/error.json`)) return {};
  const found = await readJson(objects, `${key}/error.json`, z.unknown());
  return { error: errorSchema.safeParse(found?.value).data?.message ?? 'unknown' };
}
