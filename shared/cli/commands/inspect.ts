/** `fettle inspect`: what is in a model, as a table or JSON. */
import { resolve } from 'node:path';
import { addReaderOptions } from '../options.ts';
import type { Register } from '../program.ts';
import type { JobFlags } from '../settings.ts';

interface Flags extends Pick<JobFlags, 'signature' | 'inputs' | 'outputs'> {
  readonly json?: boolean;
}

export const registerInspect: Register = (program, { stdout, cwd }) => {
  const command = program
    .command('inspect')
    .description('format, inputs, outputs, parameters, ops of a model')
    .argument('<model>', 'a model file or folder');
  addReaderOptions(command)
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  fettle inspect model.keras\n  fettle inspect model.onnx --json | jq .ops',
    )
    .action(async (path: string, { json, ...flags }: Flags) => {
      const { inspectModel } = await import('../../pipeline/inspect.ts');
      const { settingsOf } = await import('../settings.ts');
      const { signature, cut, outputs } = settingsOf(flags);
      const inspection = {
        ...(await inspectModel(resolve(cwd, path), {
          ...(signature !== undefined && { signature }),
          ...(cut && { inputs: cut }),
          ...(outputs && { outputs }),
        })),
        path,
      };
      if (json) stdout.write(`${JSON.stringify(inspection, null, 2)}\n`);
      else {
        const { renderInspection } = await import('../render/inspection.ts');
        stdout.write(renderInspection(inspection));
      }
    });
};
