/** mode: aws: the stack in somebody's account compares, the runner only talks. */
import { toolVersion } from '../../shared/base/tool-version.ts';
import { atOnce } from '../../shared/pipeline/together.ts';
import type { ModelDraft } from '../../shared/report/gate.ts';
import { mergeReports } from '../../shared/report/merge-reports.ts';
import { refusedModel, removedModel } from '../../shared/report/model-drafts.ts';
import type { Comparison, Report } from '../../shared/report/schema.ts';
import { writeReport } from '../../shared/report/write-report.ts';
import { bytesOf, type ModelChange } from '../changes/model-change.ts';
import type { Compared } from '../local/compare-locally.ts';
import { follow, type Refusal } from './follow.ts';
import { questionOf } from './message.ts';
import type { AwsPorts } from './ports.ts';

export interface AwsOptions extends AwsPorts {
  readonly changes: readonly ModelChange[];
  readonly comparison: Omit<Comparison, 'kind'>;
  /** Gets `report.json` and `report.html`. */
  readonly out: string;
}

/** All models side by side. What is wrong with one of them is in the report. @throws what the ports throw */
export async function compareInAws(options: AwsOptions): Promise<Compared> {
  const { changes, comparison, out } = options;
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const labels = { base: comparison.base?.label ?? 'base', head: comparison.head?.label ?? 'head' };
  const parts = await atOnce(changes.map((change) => () => partOf(change, labels, options)));
  const report = mergeReports(
    parts,
    { kind: comparison.base ? 'models' : 'variants', ...comparison },
    {
      tool: { name: 'fettle', version: toolVersion(), runtime: 'nothing was run' },
      machine: { cpu: 'AWS', features: [], cores: 1 },
      startedAt,
      seconds: (performance.now() - started) / 1000,
    },
  );
  return { report, ...(await writeReport(report, out)) };
}

async function partOf(
  change: ModelChange,
  labels: { readonly base: string; readonly head: string },
  ports: AwsPorts,
): Promise<Report | ModelDraft> {
  const { name, head, base, status } = change;
  if (!head) {
    const bytes = base && bytesOf(base);
    return removedModel({ name, path: base?.path ?? name, bytes });
  }
  const known = status === 'unchanged' && (await publishedOf(name, ports));
  if (known) return known;
  const question = await questionOf({ ...change, head }, labels, ports);
  const answer = await follow(name, question, ports);
  if ('refusal' in answer) {
    const { refusal } = answer;
    const { ship } = change.settings;
    const { path } = head;
    const failed = refusedModel({
      name,
      path,
      ship,
      reason: reasonOf(refusal),
      code: refusal.code,
    });
    return status === 'added' ? { ...failed, change: 'added' } : failed;
  }
  const models = answer.report.models.map((model) => ({
    ...model,
    name,
    ...(status === 'changed' || status === 'renamed' ? { change: 'changed' as const } : {}),
  }));
  return { ...answer.report, models };
}

/** What the stack made of the model the last time it came, or by its own schedule. `undefined`: it does not have it. */
async function publishedOf(name: string, { ask }: AwsPorts): Promise<Report | undefined> {
  const answer = await ask({ action: 'report', name });
  if (answer.state !== 'done') return undefined;
  return { ...answer.report, models: answer.report.models.map((model) => ({ ...model, name })) };
}

/** Message and advice in one line. */
const reasonOf = ({ message, hint }: Refusal): string =>
  hint === undefined ? message : `${message}. ${hint}`;
