/** A job: everything that one model's run depends on, resolved and checked. Plain JSON. */
import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { InputError } from '../base/errors.ts';
import { defaultHardware, type Hardware, parseHardware } from '../base/hardware.ts';
import { parseBytes, parseSeconds } from '../base/quantity.ts';
import { suggest } from '../base/suggest.ts';
import { type DataSpec, resolveDataSpec } from '../measure/data/spec.ts';
import { METRIC_NAMES } from '../measure/metrics/metrics.ts';
import { parseBudgets } from '../report/budgets.ts';
import type { DataSettings, ModelSettings, TrainSettings } from './config/schema.ts';
import {
  checkModelName,
  DEFAULT_VARIANTS,
  isTrained,
  modelNameOf,
  parseTarget,
  type Target,
} from './names.ts';

export interface JobData {
  readonly all?: DataSpec;
  readonly calibration?: DataSpec;
  readonly evaluation?: DataSpec;
  readonly training?: DataSpec;
  readonly metric?: string;
  readonly alphabet?: string;
}

/** A model file beside the job's own. */
export interface NamedFile {
  /** Absolute. */
  readonly path: string;
  /** As the user wrote it, for messages and the report. */
  readonly shown: string;
}

/** How variants are trained; what is absent depends on the samples. */
export interface JobTraining extends Omit<TrainSettings, 'teacher' | 'student' | 'minutes'> {
  /** For the epochs of each variant. */
  readonly minutes: number;
  readonly teacher?: NamedFile;
  readonly student?: NamedFile;
}

export interface Job {
  readonly name: string;
  /** As the user wrote it, for the report. */
  readonly shownSource: string;
  /** Absolute. */
  readonly source: string;
  readonly signature?: string;
  /** Tensors at which a graph is cut: they become its inputs. */
  readonly cut?: readonly string[];
  /** Shapes for inputs with free dimensions, by name. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs?: readonly string[];
  /** The highest opset that may be written. */
  readonly opset?: number;
  readonly data: JobData;
  /** Without `float32`, which is always the first. */
  readonly variants: readonly string[];
  /** Whether the user asked for `float32` by name. */
  readonly asksForFloat32: boolean;
  readonly targets: readonly Target[];
  readonly hardware: readonly Hardware[];
  readonly threads: number;
  readonly ship: string;
  /** By variant, then metric, as written. */
  readonly budgets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly seed: number;
  /** For all latencies of the model together; `undefined` takes the protocol's own. */
  readonly seconds?: number;
  /** For what `auto` adds to the variants asked for: making more candidates, and scoring all of them. */
  readonly autoSeconds: number;
  /** Trained variants that only `auto` looks at. */
  readonly autoTrains: readonly string[];
  readonly train: JobTraining;
  /** For the whole model, in seconds. */
  readonly timeout?: number;
  readonly memoryBytes?: number;
  /** What was given and is of no use in this job, for the report. */
  readonly notes: readonly string[];
}

export interface JobRequest {
  /** The key in the configuration; else it comes from the path. */
  readonly name?: string;
  readonly source: string;
  /** What relative paths in `settings` start from. */
  readonly folder: string;
  readonly settings: ModelSettings;
  /** `--variants` or `fettle.yml:9`: where a setting, or a key inside it, was written. */
  readonly where: (key: keyof ModelSettings, inner?: string) => string;
}

/** What the search of `auto` may take by default. */
export const AUTO_SECONDS = 60;

/** Trained variants that `auto` looks at where it may: the last needs no network of its own. */
const AUTO_TRAINS = ['int8-qat', 'slim-50', 'slim-50+int8-qat'] as const;

/** What the epochs of one variant may take by default. */
export const TRAIN_MINUTES = 10;

/** Fills in defaults and checks every name. Throws {@link InputError} and {@link UnsupportedError}. */
export function resolveJob({ name, source, folder, settings, where }: JobRequest): Job {
  const absolute = resolve(folder, source);
  const asked = unique(settings.variants ?? DEFAULT_VARIANTS);
  const variants = asked.filter((variant) => variant !== 'float32');
  const ship = settings.ship ?? 'float32';
  if (ship !== 'float32' && !variants.includes(ship)) {
    throw new InputError(`"ship" names ${ship}, which is not among the variants`, {
      where: where('ship'),
      hint: `Add it to the variants, or ship one of float32, ${variants.join(', ')}.`,
    });
  }
  const autoTrains = autoTrainsOf(settings, variants);
  const { signature, cut, outputs, opset, seconds, timeout, memory } = settings;
  return {
    name:
      name === undefined
        ? modelNameOf(absolute, isFolder(absolute))
        : checkModelName(name, '--name'),
    shownSource: source,
    source: absolute,
    ...(signature !== undefined && { signature }),
    ...(cut !== undefined && { cut }),
    inputs: settings.inputs ?? {},
    ...(outputs !== undefined && { outputs }),
    ...(opset !== undefined && { opset }),
    data: resolveJobData(settings.data, folder, where),
    variants,
    asksForFloat32: asked.includes('float32'),
    targets: unique(settings.targets ?? ['onnx']).map((target) =>
      parseTarget(target, where('targets')),
    ),
    hardware: unique(settings.hardware ?? [defaultHardware()]).map((kind) =>
      parseHardware(kind, where('hardware')),
    ),
    threads: settings.threads ?? 1,
    ship,
    budgets: resolveBudgets(settings, ship, variants, where),
    seed: settings.seed ?? 0,
    ...(seconds !== undefined && { seconds: parseSeconds(seconds, where('seconds')) }),
    autoSeconds: parseSeconds(settings.auto?.seconds ?? AUTO_SECONDS, where('auto', 'seconds')),
    autoTrains,
    train: resolveTraining(settings.train ?? {}, folder),
    ...(timeout !== undefined && { timeout: parseSeconds(timeout, where('timeout')) }),
    notes: unusedTraining(settings.train, [...variants, ...autoTrains]),
    ...(memory !== undefined && { memoryBytes: parseBytes(memory, where('memory')) }),
  };
}

/** Later settings win, key by key; `data` is merged inside, so that a flag replaces one file of it. */
export function mergeSettings(...layers: readonly ModelSettings[]): ModelSettings {
  const merged: ModelSettings = Object.assign({}, ...layers);
  for (const key of ['data', 'budgets', 'inputs', 'train'] as const) {
    if (merged[key])
      Object.assign(merged, { [key]: Object.assign({}, ...layers.map((layer) => layer[key])) });
  }
  return merged;
}

/** The same with absolute paths, relative ones taken from `folder`: for layers that start from another one. */
export function absoluteData(data: DataSettings, folder: string): DataSettings {
  const { labels, metric, alphabet, input: _, ...specs } = data;
  const parts = Object.entries(specs).flatMap(([part, spec]) =>
    spec ? [[part, resolveDataSpec(spec, folder)]] : [],
  );
  return {
    ...data,
    ...Object.fromEntries(parts),
    ...(labels !== undefined && { labels: resolve(folder, labels) }),
    ...(metric !== undefined && { metric: isPathLike(metric) ? resolve(folder, metric) : metric }),
    ...(alphabet !== undefined && { alphabet: resolve(folder, alphabet) }),
  };
}

/** The same of the models that take part in training. */
export function absoluteTraining(train: TrainSettings, folder: string): TrainSettings {
  const { teacher, student } = train;
  return {
    ...train,
    ...(teacher !== undefined && { teacher: resolve(folder, teacher) }),
    ...(student !== undefined && { student: resolve(folder, student) }),
  };
}

function resolveTraining(
  { teacher, student, minutes = TRAIN_MINUTES, ...train }: TrainSettings,
  folder: string,
): JobTraining {
  const named = (shown: string): NamedFile => ({ path: resolve(folder, shown), shown });
  return {
    ...train,
    minutes,
    ...(teacher !== undefined && { teacher: named(teacher) }),
    ...(student !== undefined && { student: named(student) }),
  };
}

/** With samples to learn from, and minutes that were granted for it: training takes far longer than what `auto` does else. */
function autoTrainsOf({ data, train }: ModelSettings, variants: readonly string[]): string[] {
  const mayTrain = train?.minutes !== undefined && Boolean(data?.training ?? data?.all);
  if (!variants.includes('auto') || !mayTrain) return [];
  return AUTO_TRAINS.filter((variant) => !variants.includes(variant));
}

/** What is trained in a job: variants that were asked for, and those that `auto` tries. */
export const trainedVariants = ({
  variants,
  autoTrains,
}: Pick<Job, 'variants' | 'autoTrains'>): string[] =>
  [...variants, ...autoTrains].filter(isTrained);

/** Settings may hold for several models, and flags may leave a variant out: that is no mistake, but said. */
function unusedTraining(train: TrainSettings | undefined, variants: readonly string[]): string[] {
  if (!train) return [];
  if (!variants.some(isTrained)) return ['train: not used, no variant of this job is trained'];
  const isDistilled = variants.some((variant) => variant.startsWith('distilled'));
  return train.student !== undefined && !isDistilled
    ? [`student: ${train.student} is not used, no variant of this job is distilled`]
    : [];
}

/** The part that labels standing alone belong to: the file whose samples are scored. */
export const labelledPart = (data: Pick<DataSettings, 'all'>): 'all' | 'evaluation' =>
  data.all ? 'all' : 'evaluation';

function resolveJobData(
  data: ModelSettings['data'],
  folder: string,
  where: JobRequest['where'],
): JobData {
  if (!data) return {};
  const { labels, input, metric, alphabet } = data;
  if (metric !== undefined && !isPathLike(metric) && !METRIC_NAMES.includes(metric)) {
    throw new InputError(`unknown metric "${metric}"`, {
      where: where('data', 'metric'),
      hint: suggest(metric, METRIC_NAMES),
    });
  }
  const specs: {
    -readonly [Part in 'all' | 'calibration' | 'evaluation' | 'training']?: DataSpec;
  } = {};
  const labelled = labelledPart(data);
  for (const part of ['all', 'calibration', 'evaluation', 'training'] as const) {
    const spec = data[part];
    if (!spec) continue;
    specs[part] = resolveDataSpec(
      {
        ...(input !== undefined && { input }),
        ...(labels !== undefined && part === labelled && { labels }),
        ...spec,
      },
      folder,
    );
  }
  return {
    ...specs,
    ...(metric !== undefined && { metric: isPathLike(metric) ? resolve(folder, metric) : metric }),
    ...(alphabet !== undefined && { alphabet: resolve(folder, alphabet) }),
  };
}

/** `budget` holds for the shipped variant, `budgets` for the others by name. */
function resolveBudgets(
  settings: ModelSettings,
  ship: string,
  variants: readonly string[],
  where: JobRequest['where'],
): Job['budgets'] {
  const written = {
    ...settings.budgets,
    ...(settings.budget && { [ship]: { ...settings.budgets?.[ship], ...settings.budget } }),
  };
  const known = ['float32', ...variants];
  for (const variant of Object.keys(settings.budgets ?? {})) {
    if (known.includes(variant)) continue;
    throw new InputError(`"budgets" names ${variant}, which is not among the variants`, {
      where: where('budgets', variant),
      hint: suggest(variant, known),
    });
  }
  return Object.fromEntries(
    Object.entries(written).map(([variant, limits]) => {
      parseBudgets(limits, where(settings.budgets?.[variant] ? 'budgets' : 'budget'));
      return [
        variant,
        Object.fromEntries(
          Object.entries(limits).map(([metric, limit]) => [metric, String(limit)]),
        ),
      ];
    }),
  );
}

/** A metric that is a module of the user's own, not a built-in name. */
export const isPathLike = (metric: string): boolean =>
  isAbsolute(metric) || /[/\\]/.test(metric) || /\.[cm]?[jt]s$/.test(metric);

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const unique = (names: readonly string[]): string[] => [...new Set(names)];
