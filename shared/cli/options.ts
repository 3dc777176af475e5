/** Options that several commands share, and how their text becomes settings. */
import type { Command } from 'commander';
import { InputError } from '../base/errors.ts';
import { type ModelSettings, splitNames } from '../pipeline/config/schema.ts';
import { parseBudgetFlag } from '../report/budgets.ts';

/** `--quiet --no-color --debug`, on every command. */
export function addGlobalOptions(command: Command): void {
  command
    .option('-q, --quiet', 'no progress')
    .option('--no-color', 'no colours (NO_COLOR is obeyed too)')
    .option('--debug', 'details, and the stack of an error');
}

/** Options of `optimize`, `measure` and `diff` that say which data is used. */
export function addDataOptions(command: Command): Command {
  return command
    .option('--data <file>', 'samples: .npz, .npy, .jsonl, .csv, or a folder of images')
    .option('--evaluation <file>', 'samples for the reported numbers alone')
    .option('--labels <file>', 'a JSON array of labels, one a sample')
    .option(
      '--metric <name>',
      'top1, top5, f1, auc, mae, mse, miou, ctc-exact, cer, fidelity, or a module',
    )
    .option('--alphabet <file>', 'characters of ctc-exact and cer, one a line');
}

/** Options that say how it is measured and what is allowed. */
export function addMeasureOptions(command: Command): Command {
  return command
    .option(
      '--shape <name=dims...>',
      'shape of an input with free dimensions, e.g. image=1,3,224,224',
    )
    .option('--threads <n>', 'threads of one run (default: 1)')
    .option('--seconds <n>', 'for the latency of each variant')
    .option('--seed <n>', 'of everything random (default: 0)')
    .option('--budget <limits>', 'e.g. size=-50%,latency=+5%,accuracy=-0.5pp')
    .option('--timeout <time>', 'for the whole job, e.g. "10 min"')
    .option('--memory <amount>', 'for each step, e.g. "4 GB"')
    .option('--remeasure', 'measure latency and memory afresh');
}

/** What those options give, as commander calls them. */
export interface JobFlags {
  readonly data?: string;
  readonly calibration?: string;
  readonly evaluation?: string;
  readonly training?: string;
  readonly labels?: string;
  readonly metric?: string;
  readonly alphabet?: string;
  readonly variants?: string;
  readonly targets?: string;
  readonly hardware?: string;
  readonly ship?: string;
  readonly opset?: string;
  readonly signature?: string;
  readonly shape?: readonly string[];
  readonly threads?: string;
  readonly seconds?: string;
  readonly seed?: string;
  readonly budget?: string;
  readonly timeout?: string;
  readonly memory?: string;
  readonly remeasure?: boolean;
}

/** Flags as settings of a job; only what was given. Throws {@link InputError} that names the flag. */
export function settingsOf(flags: JobFlags): ModelSettings {
  const { data, calibration, evaluation, training, labels, metric, alphabet } = flags;
  const hasData = [data, calibration, evaluation, training, labels, metric, alphabet].some(
    (flag) => flag !== undefined,
  );
  return compact({
    data: hasData
      ? compact({
          all: data === undefined ? undefined : { path: data },
          calibration: calibration === undefined ? undefined : { path: calibration },
          evaluation: evaluation === undefined ? undefined : { path: evaluation },
          training: training === undefined ? undefined : { path: training },
          labels,
          metric,
          alphabet,
        })
      : undefined,
    variants: names(flags.variants, '--variants'),
    targets: names(flags.targets, '--targets'),
    hardware: names(flags.hardware, '--hardware'),
    ship: flags.ship,
    signature: flags.signature,
    opset: whole(flags.opset, '--opset', 7),
    inputs: flags.shape === undefined ? undefined : shapes(flags.shape),
    threads: whole(flags.threads, '--threads', 1),
    seconds: flags.seconds,
    seed: whole(flags.seed, '--seed', 0),
    budget: flags.budget === undefined ? undefined : { ...parseBudgetFlag(flags.budget) },
    timeout: flags.timeout,
    memory: flags.memory,
  });
}

/** A whole number from a flag. */
export function whole(text: string | undefined, flag: string, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw new InputError(`${flag} ${text}: wanted a whole number of at least ${least}`, {
    where: flag,
  });
}

function names(text: string | undefined, flag: string): string[] | undefined {
  if (text === undefined) return undefined;
  const list = splitNames(text);
  if (list.length > 0) return list;
  throw new InputError(`${flag} names nothing`, {
    where: flag,
    hint: `For example: ${flag} int8,auto`,
  });
}

function shapes(written: readonly string[]): Record<string, number[]> {
  return Object.fromEntries(
    written.map((text) => {
      const match = /^(.+)=([\d,\s]*)$/.exec(text);
      const dims = match?.[2]
        ?.split(',')
        .filter((part) => part.trim() !== '')
        .map(Number);
      if (!match?.[1] || !dims) {
        throw new InputError(`cannot read the shape "${text}"`, {
          where: '--shape',
          hint: 'For example: --shape image=1,3,224,224',
        });
      }
      return [match[1], dims];
    }),
  );
}

/** Without the members that are `undefined`. */
function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]: Exclude<T[K], undefined> };
}
