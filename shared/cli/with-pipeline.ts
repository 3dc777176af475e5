/** What every command that works needs: store, display, children; and that all of it ends with the command. */
import type { Log } from '../base/log.ts';
import type { PipelineContext } from '../pipeline/context.ts';
import { type Environment, type GlobalFlags, wantsColor } from './environment.ts';

export interface PipelineFlags extends GlobalFlags {
  readonly json?: boolean;
  readonly remeasure?: boolean;
}

export interface PipelineSettings {
  /** `store:` of the configuration, absolute. */
  readonly store?: string | undefined;
  readonly protocol?: 'full' | 'short';
}

/** Opens the pipeline, runs `work`, and closes the display and the runtime, however it went. */
export async function withPipeline<T>(
  environment: Environment,
  flags: PipelineFlags,
  { store, protocol = 'full' }: PipelineSettings,
  work: (context: PipelineContext) => Promise<T>,
): Promise<T> {
  const { openLocalContext } = await import('../pipeline/local/open-context.ts');
  const { storeFolder } = await import('../pipeline/store/locate.ts');
  const { closeSharedProcess } = await import('../runtime/shared-process.ts');
  const progress = await openProgress(environment, flags);
  try {
    const context = await openLocalContext({
      storeFolder: storeFolder({ env: environment.env, configured: store }),
      log: stderrLog(environment, flags),
      progress,
      protocol,
      remeasure: flags.remeasure ?? false,
    });
    return await work(context);
  } finally {
    await progress.close();
    await closeSharedProcess();
  }
}

/** Live on a terminal, lines elsewhere, nothing with `--quiet`. */
async function openProgress(
  { stderr, env }: Environment,
  flags: GlobalFlags,
): Promise<PipelineContext['progress']> {
  if (flags.quiet) return (await import('../pipeline/progress.ts')).silentProgress;
  const isTerminal =
    stderr === process.stderr && process.stderr.isTTY && !env.CI && env.TERM !== 'dumb';
  if (!isTerminal || flags.debug) {
    const { plainProgress } = await import('../pipeline/progress/plain.ts');
    return plainProgress((line) => stderr.write(line));
  }
  // listr2 looks at the environment only.
  if (!wantsColor(stderr, flags, env)) process.env.NO_COLOR = '1';
  const { liveProgress } = await import('./progress/live.ts');
  return liveProgress(process.stderr);
}

function stderrLog({ stderr }: Environment, { quiet, debug }: GlobalFlags): Log {
  const say = (message: string): void => {
    stderr.write(`${message}\n`);
  };
  return {
    debug: (message) => debug && say(message),
    info: (message) => !quiet && say(message),
    warn: (message) => say(`warning: ${message}`),
  };
}
