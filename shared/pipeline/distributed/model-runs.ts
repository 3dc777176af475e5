/** The runs of one model with what became of each. */
import { z } from 'zod';
import { type Report, reportSchema } from '../../report/schema.ts';
import { noSuchModel } from './catalog.ts';
import type { ObjectStore } from './object-store.ts';
import { type Pointer, type PointerName, readPointer } from './pointers.ts';
import { readJson } from './read-json.ts';
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

/** The report of a run. `undefined`: there is none, or it is of another version of the schema. */
export async function readRunReport(
  objects: ObjectStore,
  run: string,
): Promise<Report | undefined> {
  return readIfKnown(objects, `${run}/report.json`, reportSchema);
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
    const report = await readRunReport(objects, key);
    return report ? { report } : {};
  }
  if (!keys.includes(`${key}/error.json`)) return {};
  const error = await readIfKnown(objects, `${key}/error.json`, errorSchema);
  return { error: error?.message ?? 'unknown' };
}

async function readIfKnown<T>(
  objects: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const found = await readJson(objects, key, z.unknown());
  return schema.safeParse(found?.value).data;
}
