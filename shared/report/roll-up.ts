/** Verdicts upwards: comparison → variant → model → report, and the exit code that follows. */

import type { ExitCode } from '../base/errors.ts';
import type { Report, Verdict } from './schema.ts';

/** Worst first. */
const ORDER: readonly Verdict[] = ['failed', 'regressed', 'inconclusive', 'ok'];

/** The worst of several; `ok` of none. */
export function rollUp(verdicts: Iterable<Verdict>): Verdict {
  const seen = new Set(verdicts);
  return ORDER.find((verdict) => seen.has(verdict)) ?? 'ok';
}

/**
 * 0 done; 1 a budget is broken or the shipped variant could not be made; where nothing that was
 * asked for was made 4 if every reason was a limit, the reasons' own code if they agree, else 3.
 */
export function exitCodeOfReport(report: Report): ExitCode {
  const rows = report.models.flatMap(({ variants, asked }) =>
    asked === undefined ? variants : variants.filter(({ name }) => asked.includes(name)),
  );
  const failedModels = report.models.filter((model) => model.reason !== undefined);
  const asked = rows.length + failedModels.length;
  if (asked > 0 && !rows.some((row) => row.status === 'done')) {
    return commonCode([...rows, ...failedModels].map((part) => part.code));
  }
  // One of several models could not be opened: the run is not done, whatever the others say.
  if (failedModels.length > 0) return commonCode(failedModels.map((model) => model.code));
  return report.verdict === 'failed' || report.verdict === 'regressed' ? 1 : 0;
}

function commonCode(codes: readonly (number | undefined)[]): ExitCode {
  const distinct = new Set(codes.map((code) => code ?? 3));
  const [only] = distinct;
  if (distinct.size !== 1) return 3;
  return only === 2 || only === 4 || only === 70 ? only : 3;
}
