/** `fettle convert`: a model into the format that the output's suffix names. */
import { resolve } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { splitNames } from '../../pipeline/config/values.ts';
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
  fettle convert model.keras -o model.onnx --check
  fettle convert saved_model/ -o model.onnx --signature serving_default
  fettle convert frozen.pb -o model.onnx --inputs images:0 --outputs scores:0
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
    .option('--signature <name>', 'of a SavedModel: which one; serving_default')
    .option('--inputs <names>', 'of a TensorFlow graph: tensors at which to cut it, a,b:0')
    .option('--outputs <names>', 'of a TensorFlow graph: tensors that it is to give')
    .option('--json', 'one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, flags: Flags) => {
      const { convertModel } = await import('../../pipeline/convert.ts');
      const { settingsOf } = await import('../settings.ts');
      const { closeSharedProcess } = await import('../../runtime/shared-process.ts');
      const { cwd, stdout, stderr } = environment;
      const { inputs: shapes, opset } = settingsOf({
        ...(flags.shape && { shape: flags.shape }),
        ...(flags.opset !== undefined && { opset: flags.opset }),
      });
      try {
        const { check } = flags;
        const conversion = await convertModel({
          source: resolve(cwd, model),
          out: resolve(cwd, flags.out),
          ...(shapes && { shapes }),
          ...(flags.signature !== undefined && { signature: flags.signature }),
          ...tensorNames(flags),
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

/** Lists of tensor names. @throws InputError for an empty one */
function tensorNames(flags: Flags): Partial<Record<'inputs' | 'outputs', readonly string[]>> {
  const named: Partial<Record<'inputs' | 'outputs', readonly string[]>> = {};
  for (const flag of ['inputs', 'outputs'] as const) {
    const text = flags[flag];
    if (text === undefined) continue;
    const names = splitNames(text);
    if (names.length === 0) throw new InputError(`--${flag} names nothing`, { where: `--${flag}` });
    named[flag] = names;
  }
  return named;
}
