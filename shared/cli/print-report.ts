/** A finished report on stdout, and the exit code that it means. */
import type { ExitCode } from '../base/errors.ts';
import { exitCodeOfReport } from '../report/roll-up.ts';
import type { Report } from '../report/schema.ts';
import { renderTable } from '../report/table.ts';
import { type Environment, type GlobalFlags, wantsColor } from './environment.ts';

/** The table, or with `json` one JSON document. */
export function printReport(
  report: Report,
  { stdout, env }: Environment,
  flags: GlobalFlags & { readonly json?: boolean },
): ExitCode {
  if (flags.json) stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else {
    const columns =
      'columns' in stdout && typeof stdout.columns === 'number'
        ? stdout.columns
        : Number(env.COLUMNS);
    stdout.write(
      renderTable(report, {
        color: wantsColor(stdout, flags, env),
        ...(columns >= 60 && { width: columns }),
      }),
    );
  }
  return exitCodeOfReport(report);
}
