/** What an outbox holds, as text and as JSON. */
import type { CatalogEntry } from '../../pipeline/distributed/catalog.ts';
import type { ModelRuns, RunFacts } from '../../pipeline/distributed/model-runs.ts';
import type { Pointer } from '../../pipeline/distributed/pointers.ts';
import { alignColumns } from '../../report/columns.ts';
import { formatBytes } from '../../report/numbers.ts';
import { visibleText } from '../../report/visible-text.ts';
import { ageText } from './age.ts';

/** A line for each model. */
export function renderCatalog(models: readonly CatalogEntry[], outbox: string, now: Date): string {
  if (models.length === 0) return `nothing was published in ${outbox}\n`;
  const title = ['model', 'latest', '', 'candidate', '', 'runs', 'size'];
  const rows = models.map(({ name, latest, candidate, runs, failed, bytes }) => [
    visibleText(name),
    ...pointerCells(latest, now),
    ...pointerCells(candidate, now),
    failed === 0 ? `${runs}` : `${runs} (${failed} failed)`,
    formatBytes(bytes),
  ]);
  return lines([title, ...rows]);
}

function pointerCells(pointer: Pointer | undefined, now: Date): string[] {
  if (!pointer) return ['–', ''];
  return [pointer.verdict, ageText(new Date(pointer.publishedAt), now)];
}

/** A line for each run, from the newest. */
export function renderRuns({ runs }: ModelRuns, now: Date): string {
  const rows = runs.map((run) => [
    run.id,
    ageText(run.publishedAt, now),
    formatBytes(run.bytes),
    outcomeText(run),
    run.use === undefined ? '' : `← ${run.use}`,
  ]);
  return lines([['run', 'published', 'size', 'verdict', ''], ...rows]);
}

function outcomeText({ report, error, isWhole }: RunFacts): string {
  if (error !== undefined) return `failed: ${visibleText(error)}`;
  if (report) return report.verdict;
  return isWhole ? 'of another version' : 'not whole';
}

/** For `--json`. */
export const catalogJson = (models: readonly CatalogEntry[]): unknown => ({
  models: models.map(({ latest, candidate, ...rest }) => ({
    ...rest,
    ...(latest && { latest: pointerJson(latest) }),
    ...(candidate && { candidate: pointerJson(candidate) }),
  })),
});

/** For `--json`. */
export const runsJson = ({ name, latest, candidate, runs }: ModelRuns): unknown => ({
  name,
  ...(latest && { latest: pointerJson(latest) }),
  ...(candidate && { candidate: pointerJson(candidate) }),
  runs: runs.map(({ id, key, bytes, publishedAt, report, error, use, isWhole }) => ({
    id,
    key,
    publishedAt: publishedAt.toISOString(),
    bytes,
    isWhole,
    ...(report && { verdict: report.verdict, recommended: report.models[0]?.recommended ?? null }),
    ...(error !== undefined && { error }),
    ...(use && { use }),
  })),
});

const pointerJson = ({ run, verdict, sourceVersion, publishedAt }: Pointer): unknown => ({
  run,
  verdict,
  sourceVersion,
  publishedAt,
});

const lines = (rows: readonly (readonly string[])[]): string =>
  `${alignColumns(rows.map((row) => row.map((text) => ({ text })))).join('\n')}\n`;
