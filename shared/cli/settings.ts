/** Flags as settings of a job. */
import { InputError } from '../base/errors.ts';
import type { ModelSettings } from '../pipeline/config/schema.ts';
import { MAX_THREADS, OPSETS, splitNames } from '../pipeline/config/values.ts';
import { parseBudgetFlag } from '../report/budgets.ts';

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
  readonly inputs?: string;
  readonly outputs?: string;
  readonly shape?: readonly string[];
  readonly threads?: string;
  readonly seconds?: string;
  readonly autoSeconds?: string;
  readonly minutes?: string;
  readonly teacher?: string;
  readonly student?: string;
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
    variants: names(flags.variants, '--variants', 'int8,auto'),
    targets: names(flags.targets, '--targets', 'onnx,ort'),
    hardware: names(flags.hardware, '--hardware', 'x64,arm64'),
    ship: flags.ship,
    signature: flags.signature,
    cut: names(flags.inputs, '--inputs', 'images:0'),
    outputs: names(flags.outputs, '--outputs', 'scores:0'),
    opset: whole(flags.opset, '--opset', OPSETS.least, OPSETS.most),
    inputs: flags.shape === undefined ? undefined : shapes(flags.shape),
    threads: whole(flags.threads, '--threads', 1, MAX_THREADS),
    seconds: flags.seconds,
    auto: flags.autoSeconds === undefined ? undefined : { seconds: flags.autoSeconds },
    train: trainingOf(flags),
    seed: whole(flags.seed, '--seed', 0),
    budget: flags.budget === undefined ? undefined : { ...parseBudgetFlag(flags.budget) },
    timeout: flags.timeout,
    memory: flags.memory,
  });
}

/**
 * Labels, and metrics that need them, judge samples: where no file says which, flags without any would be
 * ignored. @throws InputError
 */
export function checkJudging({ data, evaluation, labels, metric }: JobFlags): void {
  if (data !== undefined || evaluation !== undefined) return;
  if (labels === undefined && (metric === undefined || metric === 'fidelity')) return;
  const [what, where] =
    labels === undefined ? [`the metric ${metric}`, '--metric'] : [labels, '--labels'];
  throw new InputError(`${what} is given, and no samples to judge`, {
    where,
    hint: 'Give them with --evaluation FILE, or with --data FILE, which is split.',
  });
}

/** The flag that a setting, or a key inside it, comes from: for mistakes that are found later. */
export function flagOf(key: keyof ModelSettings, inner?: string): string {
  if (key === 'data') return `--${inner === undefined || inner === 'all' ? 'data' : inner}`;
  if (key === 'auto') return '--auto-seconds';
  if (key === 'train') return `--${inner ?? 'minutes'}`;
  return `--${RENAMED[key] ?? key}`;
}

/** Settings whose flag has another name. */
const RENAMED: Partial<Record<keyof ModelSettings, string>> = {
  cut: 'inputs',
  inputs: 'shape',
  budgets: 'budget',
};

/** A whole number from a flag. */
export function whole(
  text: string | undefined,
  flag: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  const range =
    most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new InputError(`${flag} ${text}: wanted a whole number ${range}`, { where: flag });
}

function positive(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InputError(`${flag} ${text}: wanted a number above 0`, { where: flag });
}

function trainingOf({ minutes, teacher, student }: JobFlags): ModelSettings['train'] {
  if (minutes === undefined && teacher === undefined && student === undefined) return undefined;
  return compact({ minutes: positive(minutes, '--minutes'), teacher, student });
}

function names(text: string | undefined, flag: string, example: string): string[] | undefined {
  if (text === undefined) return undefined;
  const list = splitNames(text);
  if (list.length > 0) return list;
  throw new InputError(`${flag} names nothing`, {
    where: flag,
    hint: `For example: ${flag} ${example}`,
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
      if (!match?.[1] || !dims?.every((dim) => Number.isSafeInteger(dim) && dim > 0)) {
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
