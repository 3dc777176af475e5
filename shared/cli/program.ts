/** The command tree. One file a command; each imports what it does when it is run. */
import { Command } from 'commander';
import type { ExitCode } from '../base/errors.ts';
import { toolVersion } from '../base/tool-version.ts';
import { registerConvert } from './commands/convert.ts';
import { registerDemo } from './commands/demo.ts';
import { registerDiff } from './commands/diff.ts';
import { registerInit } from './commands/init.ts';
import { registerInspect } from './commands/inspect.ts';
import { registerMeasure } from './commands/measure.ts';
import { registerOptimize } from './commands/optimize.ts';
import { registerRemote } from './commands/remote.ts';
import { registerRun } from './commands/run.ts';
import type { Environment } from './environment.ts';
import { addGlobalOptions } from './options.ts';

/** Takes the exit code of a command that ended well: 0, or 1 for a broken budget. */
export type Done = (code: ExitCode) => void;

export type Register = (program: Command, environment: Environment, done: Done) => void;

/** In the order of `--help`: what a newcomer needs first. */
const COMMANDS: readonly Register[] = [
  registerDemo,
  registerInit,
  registerInspect,
  registerOptimize,
  registerMeasure,
  registerDiff,
  registerConvert,
  registerRun,
  registerRemote,
];

const EXAMPLES = `
Examples:
  fettle demo                                          the whole job on a small model that comes with Fettle
  fettle inspect model.onnx                            what is in a model
  fettle optimize model.onnx --data test.npz           smaller and faster variants, measured and judged
  fettle measure new.onnx --against old.onnx --data test.npz
  fettle init && fettle run                            set up a project and do all its models

Exit codes: 0 done, 1 a budget is broken, 2 wrong input, 3 not supported, 4 a limit was hit, 70 a defect.`;

/** The whole program. It throws {@link CommanderError} where commander would end the process. */
export function buildProgram(environment: Environment, done: Done): Command {
  const { stdout, stderr } = environment;
  const program = new Command('fettle')
    .description(
      'Converts, shrinks and speeds up trained models, and proves that they are still right.',
    )
    .version(toolVersion(), '-V, --version', 'print the version')
    .helpCommand('help [command]', 'help for a command')
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      // Commands inherit these, so widths follow the terminal that is there.
      getOutHelpWidth: () =>
        'columns' in stdout && typeof stdout.columns === 'number' ? stdout.columns : 100,
    })
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText('after', EXAMPLES);
  for (const register of COMMANDS) register(program, environment, done);
  for (const command of program.commands) addGlobalOptions(command);
  return program;
}
