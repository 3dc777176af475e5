/**
 * For pull requests from forks: the job that measures may write nothing, the job that writes opens no model, and only
 * numbers go from one to the other.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { toolVersion } from '../shared/base/tool-version.ts';
import type { ModelChange } from './changes/model-change.ts';
import type { States } from './changes/states.ts';
import { labelsOf } from './labels.ts';
import { numbersOf } from './numbers/numbers-of.ts';
import { reportOf } from './numbers/report-of.ts';
import type { Numbers } from './numbers/schema.ts';
import type { Outcome } from './outcome.ts';

/** The output `numbers`, also where nothing was measured. */
export function numbersFor({ report, changes }: Pick<Outcome, 'report' | 'changes'>): string {
  if (report) return numbersOf(report, changes);
  const none: Numbers = { version: 1, cores: availableParallelism(), seconds: 0, models: [] };
  return JSON.stringify(none);
}

/** A report of what another job measured, written to `folder`. @throws InputError for anything but numbers */
export async function reportFromNumbers(
  numbers: string,
  changes: readonly ModelChange[],
  states: States,
  folder: string,
): Promise<Pick<Outcome, 'report' | 'reportPath' | 'changes'>> {
  const report = reportOf(numbers, {
    changes,
    comparison: labelsOf(states),
    tool: {
      name: 'fettle',
      version: toolVersion(),
      runtime: 'onnxruntime of the job that measured',
    },
    startedAt: new Date().toISOString(),
  });
  if (report.models.length === 0) return { changes: [] };
  await mkdir(folder, { recursive: true });
  const reportPath = join(folder, 'report.json');
  await writeFile(reportPath, `${JSON.stringify(report, null, 2)}\n`);
  // What only looked like a model by its name is none of them.
  const names = new Set(report.models.map(({ name }) => name));
  return { report, reportPath, changes: changes.filter(({ name }) => names.has(name)) };
}
