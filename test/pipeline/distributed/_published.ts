/** Runs in an outbox, as if they had been published. */
import type { ObjectStore } from '../../../shared/pipeline/distributed/object-store.ts';
import { type Pointer, point } from '../../../shared/pipeline/distributed/pointers.ts';
import { DIGEST, makeModel, makeReport, makeRow } from '../../report/make-report.ts';

export interface FakeRun {
  /** One to nine: of the upload, the run and its request. */
  readonly day: number;
  readonly bytes?: number;
  readonly verdict?: Pointer['verdict'];
}

export const runId = (day: number): string => `${`${day}`.repeat(12)}-${`${day}`.repeat(12)}`;

/** Writes report, manifest and pointer; one that regressed waits as the candidate. */
export async function publishFake(
  objects: ObjectStore,
  model: string,
  { day, bytes = 100, verdict = 'ok' }: FakeRun,
): Promise<string> {
  const run = `models/${model}/runs/${runId(day)}`;
  const row = makeRow({ size: { bytes }, artifact: { path: 'm.onnx', sha256: DIGEST, bytes } });
  const report = makeReport({ verdict, models: [makeModel({ name: model, variants: [row] })] });
  await objects.put(`${run}/report.json`, JSON.stringify(report));
  await objects.put(`${run}/manifest.json`, '{}');
  const pointer: Pointer = {
    run,
    sourceVersion: `2026-01-0${day}T00:00:00.000Z`,
    publishedAt: `2026-01-0${day}T01:00:00.000Z`,
    verdict,
    files: {},
    request: `jobs/${day}.json`,
    jobKey: `${day}`,
    toolchain: { tool: '0.1.0', runtime: 'r', steps: 's' },
  };
  await point(objects, model, pointer, async () => verdict === 'ok');
  // Times of last change have a resolution of milliseconds.
  await new Promise((resolve) => setTimeout(resolve, 5));
  return run;
}

/** Of a job that failed. */
export async function failFake(objects: ObjectStore, model: string, day: number): Promise<void> {
  const key = `models/${model}/runs/unread-${`${day}`.repeat(12)}/error.json`;
  await objects.put(key, JSON.stringify({ code: 2, message: 'no model at all' }));
}
