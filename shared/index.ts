/**
 * Fettle as a library: the same pipeline that the command runs.
 *
 * ```ts
 * const job = resolveJob({ source: 'model.onnx', folder: '.', settings: {}, where: String });
 * const context = await openLocalContext({ storeFolder: '.fettle', log: silentLog, progress: silentProgress });
 * const { report } = await runJobs([job], context, { folder: 'out', keepsGoing: false });
 * ```
 */
export * from './base/errors.ts';
export { type Log, silentLog } from './base/log.ts';
export { type Detected, detect } from './formats/detect.ts';
export { openModel } from './onnx/read-model.ts';
export { writeModel } from './onnx/write-model.ts';
export { compareModels } from './pipeline/compare-models.ts';
export { jobsOf } from './pipeline/config/jobs.ts';
export { type ConfigFile, parseConfig, readConfig } from './pipeline/config/read-config.ts';
export { type Conversion, convertModel } from './pipeline/convert.ts';
export { type Inspection, inspectModel } from './pipeline/inspect.ts';
export { type Job, type JobRequest, resolveJob } from './pipeline/job.ts';
export { openLocalContext } from './pipeline/local/open-context.ts';
export { type Plan, planJob } from './pipeline/plan.ts';
export { type ProgressPort, silentProgress } from './pipeline/progress.ts';
export { runJobs } from './pipeline/run-jobs.ts';
export { judgeReport } from './report/gate.ts';
export { renderMarkdown } from './report/markdown.ts';
export { renderPage } from './report/page/page.ts';
export { parseReport, type Report } from './report/schema.ts';
export { renderTable } from './report/table.ts';
