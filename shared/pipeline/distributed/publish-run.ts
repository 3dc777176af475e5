/** A finished job as an immutable run of the outbox: files first, the pointer last. */
import { join } from 'node:path';
import type { Digest } from '../../base/brand.ts';
import { filesBelow, hexOf } from '../../base/digest.ts';
import { exitCodeOf, FettleError } from '../../base/errors.ts';
import { withTempDir } from '../../base/files.ts';
import { diffReports } from '../../report/diff.ts';
import type { Report } from '../../report/schema.ts';
import type { ModelRun } from '../optimize.ts';
import { publish } from '../publish.ts';
import { reportFrame } from '../run-jobs.ts';
import type { Site } from './advance-round.ts';
import type { OptimizeExecution, Round } from './execution.ts';
import type { ObjectStore } from './object-store.ts';
import { placeInRun } from './place-in-run.ts';
import { modelPrefix, type Placing, type Pointer, point } from './pointers.ts';
import { type JobRequest, jobKeyOfRequest } from './request.ts';
import { readRunReport } from './run-report.ts';
import { dropOldRuns } from './runs.ts';

/** What an event says of a job that ended. */
export interface Finished {
  readonly name: string;
  /** Key of the run's folder. */
  readonly run: string;
  readonly verdict: Report['verdict'];
  readonly recommended: string | null;
  /** Key of report.json. */
  readonly report: string;
  readonly reason: JobRequest['reason'];
  readonly placing: Placing;
}

export interface PublishOptions {
  readonly request: JobRequest;
  readonly requestKey: string;
  /** How many runs of the model are kept. */
  readonly keep: number;
}

/** `models/<name>/runs/<12 hex of the source>-<12 hex of the job>`. */
export const runKey = (model: string, source: Digest, jobKey: string): string =>
  `${modelPrefix(model)}runs/${hexOf(source).slice(0, 12)}-${jobKey.slice(0, 12)}`;

/** Twice the same gives the same bytes, so that whoever comes second finds what it would write. */
export async function publishRun(
  { run, round }: { readonly run: ModelRun; readonly round: Round },
  execution: OptimizeExecution,
  site: Site,
  { request, requestKey, keep }: PublishOptions,
): Promise<Finished> {
  const { name } = request;
  const { objects } = site;
  const jobKey = jobKeyOfRequest(requestKey);
  const key = runKey(name, execution.identified.given.artifact.digest, jobKey);
  const { report, files } = await withTempDir('run', async (folder) => {
    const machine = round.machine ?? site.machine;
    const { startedAt } = execution;
    const frame = reportFrame({ ...site, machine }, { startedAt, seconds: round.seconds });
    const draft: ModelRun = {
      ...run,
      // The folders of its name are those of the run already.
      job: { ...run.job, name: run.job.name.slice(run.job.name.lastIndexOf('/') + 1) },
      draft: (paths) => ({ ...run.draft(paths), seconds: round.seconds }),
    };
    const { report } = await publish([{ run: draft }], frame, folder, placeInRun(site.store, key));
    await uploadRun(folder, key, objects);
    return { report, files: filesOfRun(report, key) };
  });
  const [model] = report.models;
  const pointer: Pointer = {
    run: key,
    sourceVersion: request.sourceVersion,
    publishedAt: new Date().toISOString(),
    verdict: report.verdict,
    files,
    request: requestKey,
    jobKey,
    toolchain: request.toolchain,
  };
  const placing = await point(objects, name, pointer, (former) =>
    keepsBudgets(former, report, objects),
  );
  await dropOldRuns(objects, name, keep);
  return {
    name,
    run: key,
    verdict: report.verdict,
    recommended: model?.recommended ?? null,
    report: `${key}/report.json`,
    reason: request.reason,
    placing,
  };
}

/** `error.json` in the run's folder, which has no source where that could not be read. */
export async function publishError(
  error: unknown,
  objects: ObjectStore,
  { request, requestKey }: Omit<PublishOptions, 'keep'>,
  source: Digest | undefined,
): Promise<Omit<Finished, 'verdict' | 'recommended' | 'placing'>> {
  const jobKey = jobKeyOfRequest(requestKey);
  const { name, reason } = request;
  const run = source
    ? runKey(name, source, jobKey)
    : `${modelPrefix(name)}runs/unread-${jobKey.slice(0, 12)}`;
  const body = {
    code: exitCodeOf(error),
    message: error instanceof Error ? error.message : String(error),
    ...(error instanceof FettleError && error.hint !== undefined && { hint: error.hint }),
    ...(error instanceof FettleError && error.where !== undefined && { where: error.where }),
  };
  const report = `${run}/error.json`;
  await objects.put(report, `${JSON.stringify(body, null, 2)}\n`, {
    contentType: 'application/json',
  });
  return { name, run, report, reason };
}

const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  html: 'text/html; charset=utf-8',
};

/** The manifest last: where it is, everything is. */
async function uploadRun(folder: string, key: string, objects: ObjectStore): Promise<void> {
  const names = (await filesBelow(folder)).filter((name) => name !== 'manifest.json');
  for (const name of [...names, 'manifest.json']) {
    const contentType = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    await objects.upload(`${key}/${name}`, join(folder, name), { ifNoneMatch: '*', contentType });
  }
}

/** `<variant>.<target>` → key, of the run at `key`. */
export function filesOfRun({ models }: Report, key: string): Record<string, string> {
  const rows = models.flatMap(({ variants }) => variants);
  return Object.fromEntries(
    rows.flatMap(({ name, target, artifact }) =>
      artifact?.path === undefined ? [] : [[`${name}.${target}`, `${key}/${artifact.path}`]],
    ),
  );
}

/** Whether no budget is broken, by the run itself or against the one that is used now. */
export async function keepsBudgets(
  former: Pick<Pointer, 'run'>,
  report: Report,
  objects: ObjectStore,
): Promise<boolean> {
  if (report.verdict === 'regressed' || report.verdict === 'failed') return false;
  const read = await readRunReport(objects, former.run);
  // A run that is gone can forbid nothing; of one that cannot be read somebody who can has to decide.
  if (read.kind !== 'report') return read.kind === 'none';
  const { verdict } = diffReports(read.report, report, { base: 'latest', head: 'new' });
  return verdict !== 'regressed';
}
