/** `fettle measure`: one model as it is, alone or against a base. */
import { resolve } from 'node:path';
import type { GlobalFlags } from '../environment.ts';
import { addDataOptions, addMeasureOptions, addReaderOptions } from '../options.ts';
import type { Register } from '../program.ts';
import type { JobFlags } from '../settings.ts';

interface Flags extends JobFlags, GlobalFlags {
  readonly against?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  fettle measure model.onnx
  fettle measure new.onnx --against old.onnx --data test.npz --metric top1
  fettle measure new.onnx --against old.onnx --budget latency=+5%`;

export const registerMeasure: Register = (program, environment, done) => {
  const command = program
    .command('measure')
    .description('size, latency, accuracy and fidelity of a model, alone or against another')
    .argument('<model>', 'a model file or folder')
    .option('--against <base>', 'another model, timed side by side');
  addReaderOptions(addDataOptions(command));
  addMeasureOptions(command)
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, flags: Flags) => {
      const { compareToReport } = await import('../compare-to-report.ts');
      const { printReport } = await import('../print-report.ts');
      const { settingsOf } = await import('../settings.ts');
      const { against } = flags;
      const base =
        against === undefined
          ? undefined
          : { path: resolve(environment.cwd, against), shown: against };
      const report = await compareToReport(environment, flags, {
        model,
        base,
        settings: settingsOf(flags),
      });
      done(printReport(report, environment, flags));
    });
};
