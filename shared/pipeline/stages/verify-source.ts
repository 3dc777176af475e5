/** The stage that proves the conversion, where the source was of another format. */
import type { Source } from '../../report/schema.ts';
import type { StoredArtifact } from '../artifact.ts';
import type { Job } from '../job.ts';
import type { PortNames } from '../rename-ports.ts';
import { verifyStep } from '../steps/verify.ts';
import { attempt, type TaskRunner } from '../task-runner.ts';
import { availableReferences } from '../verify/open-reference.ts';
import type { JobSamples, ModelWork } from './model-work.ts';
import { type GivenSource, importOptionsOf } from './source.ts';

/** What the report says of the source, and what else is to be said. */
export interface SourceVerdict extends Pick<Source, 'verified' | 'agrees'> {
  readonly notes: readonly string[];
}

/** One source, what was made of it, and what both are run on. */
export interface Proof {
  /** The task that shows it. */
  readonly id: string;
  readonly job: Job;
  readonly given: GivenSource;
  readonly model: StoredArtifact;
  readonly samples: JobSamples;
  /** What the samples call inputs and outputs, by the source's own names. */
  readonly names?: PortNames | undefined;
}

/** `undefined` for ONNX: there is nothing to prove but the rewrites, which every row is compared for. */
export async function verifySource({
  job,
  source,
  samples,
  tasks,
}: ModelWork): Promise<SourceVerdict | undefined> {
  const given = { artifact: source.given, format: source.format };
  return proveConversion({ id: 'verify', job, given, model: source.artifact, samples }, tasks);
}

/** The same for any source. A proof that cannot be made is no end: the source is not verified. */
export async function proveConversion(
  { id, job, given, model, samples, names }: Proof,
  tasks: TaskRunner,
): Promise<SourceVerdict | undefined> {
  const { artifact, format } = given;
  if (format === 'onnx') return undefined;
  const result = await attempt(async () =>
    tasks.run(
      id,
      verifyStep,
      {
        source: artifact,
        model,
        ...importOptionsOf(job),
        data: samples.refs,
        split: samples.split,
        ...(names && { names }),
        references: await availableReferences(format),
      },
      { note: ({ verified }) => verified },
    ),
  );
  if (result.status !== 'done')
    return { verified: 'not verified', notes: [`not verified: ${result.reason}`] };
  const { verified, agrees, notes } = result.value;
  return { verified, notes, ...(agrees !== undefined && { agrees }) };
}
