/** `fettle run`: every model of the configuration. */
import { resolve } from 'node:path';
import { InputError } from '../../base/errors.ts';
import type { GlobalFlags } from '../environment.ts';
import { addDataOptions, addMakeOptions, addMeasureOptions, addReaderOptions } from '../options.ts';
import type { Register } from '../program.ts';
import type { JobFlags } from '../settings.ts';
import { shownPath } from '../shown-path.ts';

interface Flags extends JobFlags, GlobalFlags {
  readonly only?: string;
  readonly since?: string;
  readonly out: string;
  readonly plan?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  fettle run                            every model of ./fettle.yml
  fettle run --only digits              one of them
  fettle run --since origin/main        those whose files changed since then
  fettle run --seconds 3                flags override the file, for every model that is run
  fettle run models/fettle.yml -o out`;

export const registerRun: Register = (program, environment, done) => {
  const command = program
    .command('run')
    .description('every model of fettle.yml')
    .argument('[config]', 'the configuration (default: fettle.yml)')
    .option('--only <name>', 'one model alone')
    .option('--since <ref>', 'models whose files changed since a Git revision')
    .option('-o, --out <folder>', 'where the result goes', 'fettle-out');
  addReaderOptions(addDataOptions(command));
  addMakeOptions(command);
  addMeasureOptions(command)
    .option('--plan', 'print the steps of every model, do nothing')
    .option('--json', 'print report.json instead of the table')
    .addHelpText('after', EXAMPLES)
    .action(async (config: string | undefined, flags: Flags) => {
      const { findConfig, readConfig } = await import('../../pipeline/config/read-config.ts');
      const { jobsOf } = await import('../../pipeline/config/jobs.ts');
      const { printReport } = await import('../print-report.ts');
      const { flagOf, settingsOf } = await import('../settings.ts');
      const { withPipeline } = await import('../with-pipeline.ts');
      const { cwd, stderr } = environment;
      const path = config === undefined ? findConfig(cwd) : resolve(cwd, config);
      if (path === undefined) {
        throw new InputError(`there is no fettle.yml in ${cwd}`, {
          hint: 'Write one with: fettle init',
        });
      }
      const file = await readConfig(path);
      let jobs = jobsOf(file, {
        only: flags.only,
        flags: { settings: settingsOf(flags), folder: cwd, where: flagOf },
      });
      if (flags.since !== undefined) {
        const { jobsChangedSince } = await import('../changed-since.ts');
        jobs = await jobsChangedSince(flags.since, jobs, path);
        if (jobs.length === 0) {
          if (!flags.quiet) stderr.write(`no model changed since ${flags.since}\n`);
          if (!flags.json) return;
        }
      }
      const store =
        file.config.store === undefined ? undefined : resolve(file.folder, file.config.store);
      await withPipeline(environment, flags, { store }, async (context) => {
        if (flags.plan) {
          const { printPlans } = await import('../print-plan.ts');
          done(await printPlans(jobs, context, environment, flags));
          return;
        }
        const { reportOfNothing, runJobs } = await import('../../pipeline/run-jobs.ts');
        if (jobs.length === 0) {
          // Only reached with `--json`. The result of the last run stays as it is.
          done(printReport(reportOfNothing(context), environment, flags));
          return;
        }
        const { report, pagePath } = await runJobs(jobs, context, {
          folder: resolve(cwd, flags.out),
          keepsGoing: jobs.length > 1,
          configuration: { path, isWhole: flags.only === undefined && flags.since === undefined },
        });
        done(printReport(report, environment, flags));
        if (!flags.quiet) stderr.write(`\nThe page: ${shownPath(pagePath, cwd)}\n`);
      });
    });
};
