/** `fettle convert`: a model into the format that the output's suffix names. */
import { resolve } from 'node:path';
import { Option } from 'commander';
import { InputError } from '../../base/errors.ts';
import type { GlobalFlags } from '../environment.ts';
import { collect } from '../options.ts';
import type { Register } from '../program.ts';

interface Flags extends GlobalFlags {
  readonly out: string;
  readonly opset?: string;
  readonly signature?: string;
  readonly inputs?: string;
  readonly outputs?: string;
  readonly shape?: readonly string[];
  readonly check?: string | boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  fettle convert model.onnx -o model.ort --check
  fettle convert model.onnx -o model.ort --check=test.npz`;

export const registerConvert: Register = (program, environment, done) => {
  program
    .command('convert')
    .description('into the format that the output’s suffix names: .onnx, .ort')
    .argument('<model>', 'a model file or folder')
    .requiredOption('-o, --out <file>', 'what to write')
    .option(
      '--check [data]',
      'compare with the source on synthetic inputs, or on data: --check=FILE',
    )
    .option('--shape <name=dims>', 'shape of an input with free dimensions, for the check', collect)
    .option('--opset <n>', 'the opset to write')
    // Of SavedModels and frozen graphs, which this version does not read.
    .addOption(new Option('--signature <name>').hideHelp())
    .addOption(new Option('--inputs <names>').hideHelp())
    .addOption(new Option('--outputs <names>').hideHelp())
    .option('--json', 'one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, flags: Flags) => {
      const { convertModel } = await import('../../pipeline/convert.ts');
      const { settingsOf } = await import('../settings.ts');
      const { closeSharedProcess } = await import('../../runtime/shared-process.ts');
      for (const flag of ['signature', 'inputs', 'outputs'] as const) {
        if (flags[flag] !== undefined) {
          throw new InputError(`--${flag} means nothing for an ONNX model`, {
            where: `--${flag}`,
            hint: 'It is for SavedModels and frozen graphs.',
          });
        }
      }
      const { cwd, stdout, stderr } = environment;
      const { inputs, opset } = settingsOf({
        ...(flags.shape && { shape: flags.shape }),
        ...(flags.opset !== undefined && { opset: flags.opset }),
      });
      try {
        const { check } = flags;
        const conversion = await convertModel({
          source: resolve(cwd, model),
          out: resolve(cwd, flags.out),
          ...(inputs && { inputs }),
          ...(opset !== undefined && { opset }),
          ...(check !== undefined &&
            check !== false && {
              check:
                typeof check === 'string' && check !== '' ? { path: resolve(cwd, check) } : true,
            }),
        });
        const shown = { ...conversion, source: model, out: flags.out };
        if (flags.json) stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
        else {
          const { conversionLine } = await import('../render/conversion.ts');
          stdout.write(conversionLine(shown));
          const { visibleText } = await import('../../report/visible-text.ts');
          for (const note of flags.quiet ? [] : conversion.notes)
            stderr.write(`note: ${visibleText(note)}\n`);
        }
        const { check: checked } = conversion;
        done(checked?.status === 'compared' && !checked.isWithinTolerance ? 1 : 0);
      } finally {
        await closeSharedProcess();
      }
    });
};
