/** `fettle demo`: the whole job on the model that comes with Fettle, without a network. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefectError } from '../../base/errors.ts';
import type { GlobalFlags } from '../environment.ts';
import type { Register } from '../program.ts';
import { shownPath } from '../shown-path.ts';

interface Flags extends GlobalFlags {
  readonly out: string;
  readonly json?: boolean;
  readonly remeasure?: boolean;
}

export const registerDemo: Register = (program, environment, done) => {
  program
    .command('demo')
    .description(
      'the whole job on a small model that comes with Fettle; under a minute, no network',
    )
    .option('-o, --out <folder>', 'where the result goes', 'fettle-demo')
    .option('--remeasure', 'measure latency and memory afresh')
    .option('--json', 'print report.json instead of the table')
    .action(async (flags: Flags) => {
      const { resolveJob } = await import('../../pipeline/job.ts');
      const { runJobs } = await import('../../pipeline/run-jobs.ts');
      const { printReport } = await import('../print-report.ts');
      const { withPipeline } = await import('../with-pipeline.ts');
      const { cwd, stdout } = environment;
      const job = resolveJob({
        source: 'digits.keras',
        folder: exampleFolder(),
        settings: {
          data: {
            calibration: { path: 'calibration.npz' },
            evaluation: { path: 'test.npz' },
            metric: 'top1',
          },
        },
        where: (key) => `--${key}`,
      });
      await withPipeline(environment, flags, { protocol: 'short' }, async (context) => {
        const folder = resolve(cwd, flags.out);
        const { report, pagePath } = await runJobs([job], context, { folder, keepsGoing: false });
        done(printReport(report, environment, flags));
        if (flags.json) return;
        stdout.write(`
The page with all of it: ${shownPath(pagePath, cwd)}
Your own model: fettle optimize model.keras --data test.npz   (x: the inputs, y: the labels; without --data it works, too)
In a project: fettle init, then fettle run. In a checkout write "npm run fettle --" for "fettle".
`);
      });
    });
};

/** `examples/digits`, in a checkout and in the installed package. */
function exampleFolder(): string {
  for (const up of ['../../../examples/digits', '../../../../examples/digits']) {
    const folder = fileURLToPath(new URL(up, import.meta.url));
    if (existsSync(join(folder, 'digits.keras'))) return folder;
  }
  throw new DefectError('the demo model is not in this installation', {
    hint: 'Install fettle again.',
  });
}
