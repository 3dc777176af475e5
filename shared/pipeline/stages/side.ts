/** One of the models that `measure` and `diff` look at: read, as it is measured, and its conversion proved. */
import { checkGraphOptions, GRAPH_OPTIONS, takesOption } from '../../formats/open-source.ts';
import { LOCAL_FILES } from '../../onnx/file-access.ts';
import type { Source } from '../../report/schema.ts';
import type { StoredArtifact } from '../artifact.ts';
import type { Sources } from '../data-refs.ts';
import type { Job } from '../job.ts';
import type { PlannedTask } from '../progress.ts';
import type { PortNames } from '../rename-ports.ts';
import { describeStep } from '../steps/describe.ts';
import { importOptions, importStep } from '../steps/import.ts';
import { type Prepared, prepareStep } from '../steps/prepare.ts';
import { renameStep } from '../steps/rename.ts';
import { verifyStep } from '../steps/verify.ts';
import type { TaskRunner } from '../task-runner.ts';
import type { JobSamples } from './model-work.ts';
import {
  type GivenSource,
  importOptionsOf,
  importSource,
  type JobInputs,
  type LocalSource,
  readSource,
  referToInputs,
} from './source.ts';
import { proveConversion, type SourceVerdict } from './verify-source.ts';

/** A model and the job as it holds for it. */
export interface Side {
  /** Which of the two; absent where there is one alone. */
  readonly role?: 'base' | 'head' | undefined;
  readonly job: Job;
  readonly given: GivenSource;
}

/** Everything that the files of a comparison are to the steps: plain JSON. */
export interface IdentifiedSides extends JobInputs {
  readonly head: Side;
  readonly base?: Side | undefined;
}

/** A model of a comparison where it lies. */
export interface ComparedFile {
  /** Absolute. */
  readonly path: string;
  /** As the user wrote it, for the report. */
  readonly shown: string;
}

/** The same with the model that is timed and scored. */
export interface MeasuredSide extends Side {
  readonly prepared: Prepared;
  /** Of another format than ONNX: as it was read, before it was optimized. */
  readonly imported?: StoredArtifact;
  /** The source's own names of what is called otherwise in `prepared`, and the model before it was renamed. */
  readonly renamed?: { readonly names: PortNames; readonly model: StoredArtifact };
}

/** Looks at all files of a comparison. @throws as {@link readSides} and {@link referToInputs} do */
export async function identifySides(
  job: Job,
  base: ComparedFile | undefined,
  sources: Sources,
  storeFolder: string,
  access = LOCAL_FILES,
): Promise<IdentifiedSides> {
  const sides = await readSides(job, base, sources, access);
  return { ...sides, ...(await referToInputs(job, sources, storeFolder, access)) };
}

/**
 * Reads both. What a reader is told goes to those that it means something to, as the two may be of two formats.
 * @throws InputError for what means nothing to either, and as {@link readSource} does
 */
export async function readSides(
  job: Job,
  base: ComparedFile | undefined,
  sources: Sources,
  access = LOCAL_FILES,
): Promise<{ readonly head: Side; readonly base: Side | undefined }> {
  if (!base)
    return { head: { job, given: await readSource(job, sources, access) }, base: undefined };
  const { signature: _, cut: __, outputs: ___, ...plain } = job;
  const side = async (role: 'base' | 'head', own: Job) => {
    const given = await readSource(own, sources, access);
    return { role, given, job: { ...own, ...optionsFor(job, given) } };
  };
  const read = {
    head: await side('head', plain),
    base: await side('base', { ...plain, source: base.path, shownSource: base.shown }),
  };
  const asked = importOptions(importOptionsOf(job));
  for (const option of GRAPH_OPTIONS) {
    if (Object.values(read).some(({ given }) => takesOption(given.format, option))) continue;
    const { format: name, title } = read.head.given;
    checkGraphOptions({ name, title }, asked);
  }
  return read;
}

function optionsFor({ signature, cut, outputs }: Job, { format }: LocalSource): Partial<Job> {
  return {
    ...(signature !== undefined && takesOption(format, 'signature') && { signature }),
    ...(cut && takesOption(format, 'inputs') && { cut }),
    ...(outputs && takesOption(format, 'outputs') && { outputs }),
  };
}

/** The task's own name where there are two sides. */
export const taskId = (id: string, role: Side['role']): string => (role ? `${id} ${role}` : id);

/** What is done to a source of another format than ONNX. */
export function sideTasks({ role, given: { format, artifact } }: Side): {
  readonly reading: readonly PlannedTask[];
  readonly proving: readonly PlannedTask[];
} {
  if (format === 'onnx') return { reading: [], proving: [] };
  const { bytes } = artifact;
  const model = role ?? 'model';
  const task = (
    id: string,
    title: string,
    step: { readonly estimate: (work: { bytes: number }) => { readonly seconds: number } },
  ): PlannedTask => ({
    id: taskId(id, role),
    title,
    seconds: step.estimate({ bytes }).seconds,
  });
  return {
    reading: [
      task('import', `ONNX: read the ${model}`, importStep),
      task('prepare', `float32: optimize the ${model} exactly`, prepareStep),
    ],
    proving: [task('verify', `conversion: compare the ${model} with its source`, verifyStep)],
  };
}

/**
 * The model that is timed and scored: an ONNX model as it is, of another format its float32 form.
 * @throws as readers do
 */
export async function asMeasured(side: Side, tasks: TaskRunner): Promise<MeasuredSide> {
  const { role, given, job } = side;
  if (given.format === 'onnx') {
    const model = given.artifact;
    const input = { model, shown: job.shownSource };
    const described = await tasks.run(taskId('describe', role), describeStep, input);
    return { ...side, prepared: { ...described, model, passes: {} } };
  }
  const { artifact, notes } = await importSource(given, job, tasks, taskId('import', role));
  const prepared = await tasks.run(taskId('prepare', role), prepareStep, { source: artifact });
  return {
    ...side,
    imported: artifact,
    prepared: { ...prepared, notes: [...notes, ...prepared.notes] },
  };
}

/** The same with inputs and outputs called otherwise. */
export async function renamed(
  side: MeasuredSide,
  names: PortNames | undefined,
  tasks: TaskRunner,
): Promise<MeasuredSide> {
  if (!names) return side;
  const { prepared } = side;
  const { model } = await tasks.run('rename', renameStep, { model: prepared.model, names });
  const call = (
    ports: Prepared['inputs'],
    others: Readonly<Record<string, string>>,
  ): Prepared['inputs'] => ports.map((port) => ({ ...port, name: others[port.name] ?? port.name }));
  return {
    ...side,
    renamed: { names, model: prepared.model },
    prepared: {
      ...prepared,
      model,
      inputs: call(prepared.inputs, names.inputs),
      outputs: call(prepared.outputs, names.outputs),
    },
  };
}

/** What is measured must be what the source computes: both are run. `undefined` for ONNX. */
export async function proveSide(
  { role, job, given, prepared, renamed: former }: MeasuredSide,
  samples: JobSamples,
  tasks: TaskRunner,
): Promise<SourceVerdict | undefined> {
  const model = former?.model ?? prepared.model;
  const names = former?.names;
  return proveConversion({ id: taskId('verify', role), job, given, model, samples, names }, tasks);
}

/** What a report says of the file; `verified` where nothing was converted. */
export function sideSource(
  { job, given: { artifact, format } }: Side,
  proof: SourceVerdict | undefined,
  verified: string,
): Source {
  return {
    path: job.shownSource,
    format,
    sha256: artifact.digest,
    bytes: artifact.bytes,
    verified: proof?.verified ?? verified,
    ...(proof?.agrees !== undefined && { agrees: proof.agrees }),
  };
}
