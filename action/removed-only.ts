/** A change that only takes models away: nothing is measured, so nothing is installed. */
import { toolVersion } from '../shared/base/tool-version.ts';
import { mergeReports } from '../shared/report/merge-reports.ts';
import { removedModel } from '../shared/report/model-drafts.ts';
import type { Comparison } from '../shared/report/schema.ts';
import { writeReport } from '../shared/report/write-report.ts';
import { bytesOf, type ModelChange } from './changes/model-change.ts';
import type { Compared } from './local/compare-locally.ts';

/** Writes `report.json` and `report.html` to `out`. */
export async function reportRemoved(
  changes: readonly ModelChange[],
  comparison: Omit<Comparison, 'kind'>,
  out: string,
): Promise<Compared> {
  const parts = changes.map(({ name, base }) =>
    removedModel({ name, path: base?.path ?? name, bytes: base && bytesOf(base) }),
  );
  const report = mergeReports(
    parts,
    { kind: 'models', ...comparison },
    {
      tool: { name: 'fettle', version: toolVersion(), runtime: 'nothing was run' },
      machine: { cpu: 'nothing was measured', features: [], cores: 1 },
      startedAt: new Date().toISOString(),
      seconds: 0,
    },
  );
  return { report, ...(await writeReport(report, out)) };
}
