/** `fettle convert`: a model into the format that the output's suffix names. */
import { resolve } from 'node:path';
import type { GlobalFlags } from '../environment.ts';
import { addReaderOptions, collect } from '../options.ts';
import type { Register } from '../program.ts';
import type { JobFlags } from '../settings.ts';

interface Flags
  extends GlobalFlags,
    Pick<JobFlags, 'opset' | 'signature' | 'inputs' | 'outputs' | 'shape'> {
  readonly out: string;
  readonly check?: string | boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  fettle convert model.keras -o model.onnx --check
  fettle convert saved_model/ -o model.onnx --signature serving_default
  fettle convert frozen.pb -o model.onnx --inputs images:0 --outputs scores:0
  fettle convert model.onnx -o model.ort --check=test.npz`;

export const registerConvert: Register = (program, environment, done) => {
  const command = program
    .command('convert')
    .description('into the format that the output’s suffix names: .onnx, .ort')
    .argument('<model>', 'a model file or folder')
    .requiredOption('-o, --out <file>', 'what to write')
    .option(
      '--check [data]',
      'compare with the source on synthetic inputs, or on data: --check=FILE',
    )
    .option('--shape <name=dims>', 'shape of an input with free dimensions, for the check', collect)
    .option('--opset <n>', 'the opset to write');
  addReaderOptions(command)
    .option('--json', 'one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, flags: Flags) => {
      const { convertModel } = await import('../../pipeline/convert.ts');
      const { settingsOf } = await import('../settings.ts');
      const { closeSharedProcess } = await import('../../runtime/shared-process.ts');
      const { cwd, stdout, stderr } = environment;
      const { inputs: shapes, opset, signature, cut, outputs } = settingsOf(flags);
      try {
        const { check } = flags;
        const conversion = await convertModel({
          source: resolve(cwd, model),
          out: resolve(cwd, flags.out),
          ...(shapes && { shapes }),
          ...(signature !== undefined && { signature }),
          ...(cut && { inputs: cut }),
          ...(outputs && { outputs }),
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
