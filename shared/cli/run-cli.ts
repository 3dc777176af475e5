/** One call of the command line: parse, run, and turn whatever happens into an exit code. */
import { CommanderError } from 'commander';
import { type ExitCode, exitCodeOf } from '../base/errors.ts';
import { errorCode, explainFileError } from '../base/files.ts';
import { type Environment, wantsColor } from './environment.ts';
import { buildProgram } from './program.ts';
import { errorText } from './report-error.ts';
import { exitOnSignals } from './signals.ts';

/** Runs `argv` (without node and script) and gives the exit code. Writes to the environment's streams alone. */
export async function runCli(argv: readonly string[], environment: Environment): Promise<ExitCode> {
  const { stdout, stderr, env } = environment;
  exitOnSignals(stderr);
  // Whoever reads us may stop early (`fettle … | head`): nothing is wrong then.
  stdout.on('error', (error) => {
    if (errorCode(error) === 'EPIPE') process.exit(0);
    throw error;
  });
  let code: ExitCode = 0;
  try {
    const program = buildProgram(environment, (result) => {
      code = result;
    });
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(withoutSwallowing(argv), { from: 'user' });
    return code;
  } catch (thrown) {
    const error = explainFileError(thrown);
    // Commander has written its own message; help and version are thrown too, with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const debug = argv.includes('--debug');
    const color = wantsColor(stderr, { color: !argv.includes('--no-color') }, env);
    stderr.write(errorText(error, { debug, color }));
    return exitCodeOf(error);
  }
}

/**
 * `--check[=DATA]` takes its value behind `=` alone. Commander would also take the word that follows, so
 * that `convert --check model.onnx` lost its model: a bare `--check` gets an empty value instead.
 */
function withoutSwallowing(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  return argv.map((word, index) =>
    word === '--check' && (end === -1 || index < end) ? '--check=' : word,
  );
}
