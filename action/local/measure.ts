/** What the process that measures does, from the order to the files of the report. */
import { join, sep } from 'node:path';
import { makeFolder } from '../../shared/base/files.ts';
import {
  type BrokenModel,
  type ComparedJob,
  compareJobs,
  type RemovedModel,
} from '../../shared/pipeline/compare-jobs.ts';
import { openLocalContext } from '../../shared/pipeline/local/open-context.ts';
import type { ModelRun } from '../../shared/pipeline/optimize.ts';
import { plainProgress } from '../../shared/pipeline/progress/plain.ts';
import { placeCopies, stageArtifacts } from '../../shared/pipeline/publish.ts';
import type { ArtifactPaths } from '../../shared/pipeline/stages/rows.ts';
import { parseReport, type Report } from '../../shared/report/schema.ts';
import { writeReport } from '../../shared/report/write-report.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { jobOf } from './job-of.ts';
import type { ComparedModel, Order } from './order.ts';

/** Measures, and writes `report.html` and `report.json` into the order's folder. `say` gets lines for the log. */
export async function measure(order: Order, say: (line: string) => void): Promise<Report> {
  makeFolder(order.out);
  const progress = plainProgress(say);
  const context = await openLocalContext({
    storeFolder: order.storeFolder,
    log: { debug: () => {}, info: (text) => say(`${text}\n`), warn: (text) => say(`${text}\n`) },
    progress,
    // Sizes, accuracies and files of the store hold for good, latencies for a machine and a moment.
    remeasure: true,
  });
  try {
    const models = [];
    for (const model of order.models) models.push(await comparedModel(model, order));
    const { base, head } = order.comparison;
    const sides = { ...(base && { base: sideOf(base) }), ...(head && { head: sideOf(head) }) };
    const place = (run: ModelRun): Promise<ArtifactPaths> =>
      stageArtifacts(run, order.out, placeCopies(context.store), []);
    const options = order.keepsArtifacts ? { place } : {};
    const report = withoutRoots(await compareJobs(models, context, sides, options), order);
    await writeReport(report, order.out);
    return report;
  } finally {
    await progress.close();
    await closeSharedProcess();
  }
}

async function comparedModel(
  model: Order['models'][number],
  order: Order,
): Promise<ComparedJob | BrokenModel | RemovedModel> {
  if ('removed' in model) {
    const { bytes, ...rest } = model.removed;
    return { removed: { ...rest, ...(bytes !== undefined && { bytes }) } };
  }
  const { isNew, base } = model;
  try {
    const job = await jobOf(model, order);
    const side = base !== undefined && { base: { path: join(order.baseRoot, base), shown: base } };
    return { job, isNew, ...side };
  } catch (error) {
    return { broken: brokenOf(model), error, isNew };
  }
}

const brokenOf = ({ name, source, settings }: ComparedModel): BrokenModel['broken'] => ({
  name,
  shownSource: source,
  ship: settings.ship ?? 'float32',
});

const sideOf = ({
  label,
  commit,
}: NonNullable<Order['comparison']['head']>): {
  label: string;
  commit?: string;
} => ({ label, ...(commit !== undefined && { commit }) });

/** Reasons and notes name files: as paths of the repository. */
function withoutRoots(report: Report, { headRoot, baseRoot }: Order): Report {
  const shorten = (_: string, value: unknown): unknown =>
    typeof value === 'string'
      ? value.replaceAll(`${headRoot}${sep}`, '').replaceAll(`${baseRoot}${sep}`, '')
      : value;
  return parseReport(JSON.parse(JSON.stringify(report), shorten), 'the report');
}
