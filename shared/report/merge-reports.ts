/** Reports of single models as one: judged anew, since Holm's correction is over all comparisons of a report. */
import { judgeReport, type ModelDraft } from './gate.ts';
import type { Comparison, ModelReport, Report } from './schema.ts';

/** What was said of one model is taken back. */
export function draftOf({ verdict: _, gates: __, variants, ...model }: ModelReport): ModelDraft {
  return { ...model, variants: variants.map(({ verdict: ___, ...row }) => row) };
}

/**
 * `parts` in their order; each says by which tool and on which machine it was made, and the first of them speaks for
 * all. `frame` is what is said where there is none.
 */
export function mergeReports(
  parts: readonly (Report | ModelDraft)[],
  comparison: Comparison,
  frame: Pick<Report, 'tool' | 'machine' | 'startedAt' | 'seconds'>,
): Report {
  const reports = parts.filter((part) => 'schema' in part);
  const [first] = reports;
  const cpus = [...new Set(reports.map(({ machine }) => machine.cpu))];
  const notes = new Set(reports.flatMap((report) => report.notes ?? []));
  if (cpus.length > 1)
    notes.add(`each model was measured on one machine, not all on the same: ${cpus.join('; ')}`);
  return judgeReport({
    tool: first?.tool ?? frame.tool,
    machine: first?.machine ?? frame.machine,
    ...(first?.protocol !== undefined && { protocol: first.protocol }),
    startedAt: frame.startedAt,
    seconds: frame.seconds,
    comparison,
    ...(notes.size > 0 && { notes: [...notes] }),
    models: parts.flatMap((part) => ('schema' in part ? part.models.map(draftOf) : [part])),
  });
}
