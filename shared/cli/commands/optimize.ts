/** `fettle optimize`: the whole job on one model. */
import { resolve } from 'node:path';
import type { GlobalFlags } from '../environment.ts';
import { addDataOptions, addMakeOptions, addMeasureOptions, addReaderOptions } from '../options.ts';
import type { Register } from '../program.ts';
import type { JobFlags } from '../settings.ts';
import { shownPath } from '../shown-path.ts';

interface Flags extends JobFlags, GlobalFlags {
  readonly out: string;
  readonly name?: string;
  readonly plan?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  fettle optimize model.onnx                                   sizes, latency and fidelity, without data
  fettle optimize model.onnx --data test.npz                   with accuracy: the file is split into parts
  fettle optimize model.onnx --calibration train.npz --evaluation test.npz --variants int8,auto
  fettle optimize model.onnx --data test.npz --budget size=-50%,accuracy=-0.5pp --ship int8
  fettle optimize model.onnx --data train.npz --variants slim-50,int8-qat --minutes 5
  fettle optimize model.onnx --plan                            what it would do, and how long it may take

Variants: float16, int8, int8-dynamic, int8-weights, int4, auto; default float16,int8,int4,auto.
Trained, with samples: int8-qat, int4-qat, pruned-P, sparse-2-4, slim-P, distilled, for P percent;
joined with +, e.g. slim-50+int8-qat.`;

export const registerOptimize: Register = (program, environment, done) => {
  const command = program
    .command('optimize')
    .description('make smaller and faster variants of a model, measure and judge them')
    .argument('<model>', 'a model file or folder')
    .option('-o, --out <folder>', 'where the result goes', 'fettle-out');
  addReaderOptions(addDataOptions(command));
  addMakeOptions(command).option(
    '--name <name>',
    'begins the file names (default: the model file’s name)',
  );
  addMeasureOptions(command)
    .option('--plan', 'print the steps, do nothing')
    .option('--json', 'print report.json instead of the table')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, flags: Flags) => {
      const { resolveJob } = await import('../../pipeline/job.ts');
      const { checkVariants } = await import('../../pipeline/variants/check-variants.ts');
      const { printReport } = await import('../print-report.ts');
      const { checkJudging, flagOf, settingsOf } = await import('../settings.ts');
      const { withPipeline } = await import('../with-pipeline.ts');
      const job = resolveJob({
        source: model,
        folder: environment.cwd,
        settings: settingsOf(flags),
        where: flagOf,
        ...(flags.name !== undefined && { name: flags.name }),
      });
      checkVariants(job.variants, '--variants');
      checkJudging(flags);
      await withPipeline(environment, flags, {}, async (context) => {
        if (flags.plan) {
          const { printPlan } = await import('../print-plan.ts');
          done(await printPlan(job, context, environment, flags));
          return;
        }
        const { runJobs } = await import('../../pipeline/run-jobs.ts');
        const folder = resolve(environment.cwd, flags.out);
        const { report, pagePath } = await runJobs([job], context, { folder, keepsGoing: false });
        done(printReport(report, environment, flags));
        if (!flags.quiet)
          environment.stderr.write(`\nThe page: ${shownPath(pagePath, environment.cwd)}\n`);
      });
    });
};
