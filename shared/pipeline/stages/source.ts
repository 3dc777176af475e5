/** The first stage: what the job names becomes digests. Everything later knows only those. */
import { InputError } from '../../base/errors.ts';
import { detectEntry } from '../../formats/detect.ts';
import type { FormatName } from '../../formats/format.ts';
import { checkGraphOptions } from '../../formats/open-source.ts';
import { SYNTHETIC_RULES } from '../../measure/data/synthetic.ts';
import { LOCAL_FILES } from '../../onnx/file-access.ts';
import { type StoredArtifact, sourceArtifact } from '../artifact.ts';
import { checkShapes, checkShapesOfData } from '../check-shapes.ts';
import { type DataRefs, referToData, type Sources } from '../data-refs.ts';
import { type Job, type NamedFile, trainedVariants } from '../job.ts';
import { type MetricRef, referToMetric } from '../metric-ref.ts';
import { sourceFile } from '../source-file.ts';
import { type ImportOptions, importOptions, importStep } from '../steps/import.ts';
import type { Prepared } from '../steps/prepare.ts';
import { probeShapesStep } from '../steps/probe-shapes.ts';
import { type SplitResult, splitStep } from '../steps/split.ts';
import type { TaskRunner } from '../task-runner.ts';
import type { JobSamples, ModelSource } from './model-work.ts';

/** Without data so many inputs are drawn: enough for calibration, selection and judging. */
const SYNTHETIC_SAMPLES = 64;

/** What the job names. */
export interface GivenSource {
  readonly artifact: StoredArtifact;
  readonly format: FormatName;
}

/** The same on this machine. */
export interface LocalSource extends GivenSource {
  /** Where the bytes lie, absolute: not the path of the job when that holds a Git LFS pointer. */
  readonly file: string;
  /** The format for people, with its article. */
  readonly title: string;
}

/** Tells the format and takes the digest. @throws InputError, UnsupportedError, ModelError */
export async function readSource(
  job: Job,
  sources: Sources,
  access = LOCAL_FILES,
): Promise<LocalSource> {
  const named = { path: job.source, shown: job.shownSource };
  return identifyFile(named, sources, access, importOptionsOf(job));
}

async function identifyFile(
  { path, shown }: NamedFile,
  sources: Sources,
  access: typeof LOCAL_FILES,
  options: ImportOptions = { shown },
): Promise<LocalSource> {
  const file = await sourceFile(path, shown);
  const entry = await detectEntry(file, shown, access.open);
  // Told before gigabytes are hashed.
  checkGraphOptions(entry, importOptions(options));
  const artifact = await sourceArtifact(file, shown, entry, access);
  sources[artifact.digest] = file;
  return { artifact, format: entry.name, title: entry.title, file };
}

/** A model that takes part in training beside the job's own. */
export interface GivenNetwork extends GivenSource {
  /** As the user wrote it. */
  readonly shown: string;
}

/** By what it is for. */
export type Networks = Partial<Record<'teacher' | 'student', GivenNetwork | undefined>>;

/** A job's data and metric, by digest. */
export interface JobInputs {
  readonly data: DataRefs;
  readonly metric?: MetricRef | undefined;
  readonly networks?: Networks | undefined;
}

/** Everything that a job's files are to the steps: plain JSON. */
export interface Identified extends JobInputs {
  readonly given: GivenSource;
}

/** Takes the digests of a job's data. Addresses are fetched into the folder of the store. @throws InputError */
export async function referToInputs(
  job: Pick<Job, 'data' | 'train' | 'variants' | 'autoTrains'>,
  sources: Sources,
  storeFolder: string,
  access = LOCAL_FILES,
): Promise<JobInputs> {
  const { data, train } = job;
  const refs = await referToData(data, sources, storeFolder, access);
  const trains = trainedVariants(job).length > 0;
  const networks = trains ? await readNetworks(train, sources, access) : {};
  return {
    data: refs,
    ...(data.metric !== undefined && {
      metric: await referToMetric(data.metric, data.alphabet, sources, access),
    }),
    ...(Object.keys(networks).length > 0 && { networks }),
  };
}

async function readNetworks(
  train: Job['train'],
  sources: Sources,
  access: typeof LOCAL_FILES,
): Promise<Networks> {
  const networks: { -readonly [Role in keyof Networks]: Networks[Role] } = {};
  for (const role of ['teacher', 'student'] as const) {
    const named = train[role];
    if (!named) continue;
    const { artifact, format } = await identifyFile(named, sources, access);
    networks[role] = { artifact, format, shown: named.shown };
  }
  return networks;
}

/** Looks at all of a job's files. @throws as {@link readSource} and {@link referToInputs} do */
export async function identifyJob(
  job: Job,
  sources: Sources,
  storeFolder: string,
  access = LOCAL_FILES,
): Promise<Identified> {
  const { artifact, format } = await readSource(job, sources, access);
  const inputs = await referToInputs(job, sources, storeFolder, access);
  return { given: { artifact, format }, ...inputs };
}

/** What a job says about how its source is read. What it calls inputs are shapes. */
export function importOptionsOf({
  shownSource,
  signature,
  cut,
  outputs,
  opset,
}: Job): ImportOptions {
  return {
    shown: shownSource,
    ...(opset !== undefined && { opset }),
    ...(signature !== undefined && { signature }),
    ...(cut && { inputs: [...cut] }),
    ...(outputs && { outputs: [...outputs] }),
  };
}

/** The model as ONNX: as it is, or what a reader makes of it. @throws as the reader does */
export async function importSource(
  given: GivenSource,
  job: Job,
  tasks: TaskRunner,
  id = 'import',
): Promise<ModelSource> {
  const { artifact, format } = given;
  if (format === 'onnx') return { artifact, format, given: artifact, notes: [] };
  const imported = await tasks.run(id, importStep, {
    source: artifact,
    ...importOptionsOf(job),
  });
  return { artifact: imported.model, format, given: artifact, notes: imported.notes };
}

/** Splits the job's data, or draws inputs where there is none. @throws InputError when it does not fit the model */
export async function readSamples(
  job: Job,
  prepared: Prepared,
  inputs: JobInputs,
  tasks: TaskRunner,
): Promise<JobSamples> {
  const { data, seed } = job;
  checkShapes(job.inputs, prepared.inputs, job.shownSource);
  const isSynthetic = Object.keys(inputs.data).length === 0;
  const probed = isSynthetic
    ? await tasks.run('shapes', probeShapesStep, {
        model: prepared.model,
        shapes: { ...job.inputs },
        seed,
      })
    : undefined;
  const refs = probed
    ? {
        synthetic: {
          rules: SYNTHETIC_RULES,
          samples: SYNTHETIC_SAMPLES,
          seed,
          shapes: probed.shapes,
        },
      }
    : inputs.data;
  const facts = await tasks.run(
    'data',
    splitStep,
    {
      model: prepared.model,
      data: refs,
      seed,
      needsTraining: !isSynthetic && trainedVariants(job).length > 0,
    },
    {
      note: ({ counts }) =>
        isSynthetic
          ? 'synthetic inputs'
          : `${counts.calibration} + ${counts.selection} + ${counts.evaluation} samples`,
    },
  );
  checkShapesOfData(job.inputs, facts.shapes, job.shownSource);
  const metrics = isSynthetic ? undefined : metricsOf(inputs.metric, facts, data.metric);
  const notes = [...facts.notes, ...(probed?.notes ?? [])];
  if (facts.counts.selection > 0 && metrics?.selection !== metrics?.evaluation)
    notes.push(UNLABELLED_CHOICES);
  return {
    refs,
    split: facts.split,
    facts: { ...facts, notes },
    isSynthetic,
    ...(metrics && { metrics }),
  };
}

const FIDELITY: MetricRef = { name: 'fidelity' };
const UNLABELLED_CHOICES =
  'the calibration samples have no labels: choices were made by agreement with the source model';

/**
 * Labels are taken for classes; without any, agreement with the source model is what can be judged. Samples
 * for calibration often have none.
 * @throws InputError when the metric asked for needs labels that the judged samples lack
 */
function metricsOf(
  asked: MetricRef | undefined,
  { hasLabels, counts }: Pick<SplitResult, 'hasLabels' | 'counts'>,
  name: string | undefined,
): NonNullable<JobSamples['metrics']> {
  const evaluation = asked ?? (hasLabels.evaluation ? { name: 'top1' } : FIDELITY);
  // A module may do without.
  const needsLabels = evaluation.name !== undefined && evaluation.name !== FIDELITY.name;
  if (needsLabels && counts.evaluation === 0) {
    throw new InputError(`the metric ${name} needs samples to judge, and there are none`, {
      hint: 'Give them with --evaluation FILE (data.evaluation), or one file with --data, which is split.',
    });
  }
  if (needsLabels && !hasLabels.evaluation) {
    throw new InputError(`the metric ${name} needs labels, and the data has none`, {
      hint: 'Add an array named y, or --labels FILE; without --metric, outputs are compared with the source model’s.',
    });
  }
  const isUnlabelled = hasLabels.evaluation && !hasLabels.selection;
  return { evaluation, selection: isUnlabelled ? FIDELITY : evaluation };
}
