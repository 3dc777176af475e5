/** `fettle run`: every model of the configuration. */
import { relative, resolve } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { suggest } from '../../base/suggest.ts';
import type { GlobalFlags } from '../environment.ts';
import type { Register } from '../program.ts';

interface Flags extends GlobalFlags {
  readonly only?: string;
  readonly since?: string;
  readonly out: string;
  readonly remeasure?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  fettle run                            every model of ./fettle.yml
  fettle run --only digits              one of them
  fettle run --since origin/main        those whose files changed since then
  fettle run models/fettle.yml -o out`;

export const registerRun: Register = (program, environment, done) => {
  program
    .command('run')
    .description('every model of fettle.yml')
    .argument('[config]', 'the configuration (default: fettle.yml)')
    .option('--only <name>', 'one model alone')
    .option('--since <ref>', 'models whose files changed since a Git revision')
    .option('-o, --out <folder>', 'where the result goes', 'fettle-out')
    .option('--remeasure', 'measure latency and memory afresh')
    .option('--json', 'print report.json instead of the table')
    .addHelpText('after', EXAMPLES)
    .action(async (config: string | undefined, flags: Flags) => {
      const { findConfig, readConfig } = await import('../../pipeline/config/read-config.ts');
      const { jobsOf } = await import('../../pipeline/config/jobs.ts');
      const { printReport } = await import('../print-report.ts');
      const { withPipeline } = await import('../with-pipeline.ts');
      const { cwd, stderr } = environment;
      const path = config === undefined ? findConfig(cwd) : resolve(cwd, config);
      if (path === undefined) {
        throw new InputError(`there is no fettle.yml in ${cwd}`, {
          hint: 'Write one with: fettle init',
        });
      }
      const file = await readConfig(path);
      let jobs = jobsOf(file);
      if (flags.only !== undefined) {
        const known = jobs.map(({ name }) => name);
        jobs = jobs.filter(({ name }) => name === flags.only);
        if (jobs.length === 0)
          throw new InputError(`${path} has no model "${flags.only}"`, {
            hint: suggest(flags.only, known),
          });
      }
      if (flags.since !== undefined) {
        const { jobsChangedSince } = await import('../changed-since.ts');
        jobs = await jobsChangedSince(flags.since, jobs, path);
        if (jobs.length === 0) {
          stderr.write(`no model changed since ${flags.since}\n`);
          if (!flags.json) return;
        }
      }
      const store =
        file.config.store === undefined ? undefined : resolve(file.folder, file.config.store);
      await withPipeline(environment, flags, { store }, async (context) => {
        const { runJobs } = await import('../../pipeline/run-jobs.ts');
        const { report, pagePath } = await runJobs(jobs, context, {
          folder: resolve(cwd, flags.out),
          keepsGoing: jobs.length > 1,
        });
        done(printReport(report, environment, flags));
        if (!flags.quiet) stderr.write(`\nThe page: ${relative(cwd, pagePath) || pagePath}\n`);
      });
    });
};
