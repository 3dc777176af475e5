/** `fettle inspect`: what is in a model, as a table or JSON. */
import { resolve } from 'node:path';
import type { Register } from '../program.ts';

interface Flags {
  readonly json?: boolean;
  readonly signature?: string;
}

export const registerInspect: Register = (program, { stdout, cwd }) => {
  program
    .command('inspect')
    .description('format, inputs, outputs, parameters, ops of a model')
    .argument('<model>', 'a model file or folder')
    .option('--signature <name>', 'of a SavedModel: which one (default: serving_default)')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  fettle inspect model.keras\n  fettle inspect model.onnx --json | jq .ops',
    )
    .action(async (path: string, { json, signature }: Flags) => {
      const { inspectModel } = await import('../../pipeline/inspect.ts');
      const inspection = {
        ...(await inspectModel(resolve(cwd, path), {
          ...(signature !== undefined && { signature }),
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
