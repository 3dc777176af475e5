/** What the stages of one model's run share: the job, what was read, and what was made. */
import type { Digest } from '../../base/brand.ts';
import type { Hardware } from '../../base/hardware.ts';
import type { FormatName } from '../../formats/format.ts';
import type { Compressed, Training } from '../../report/schema.ts';
import type { StoredArtifact } from '../artifact.ts';
import type { PipelineContext } from '../context.ts';
import type { DataRefs } from '../data-refs.ts';
import type { Job } from '../job.ts';
import type { MetricRef } from '../metric-ref.ts';
import type { Target } from '../names.ts';
import type { MadeVariant } from '../steps/compress.ts';
import type { Prepared } from '../steps/prepare.ts';
import type { SplitResult } from '../steps/split.ts';
import type { Attempt, TaskRunner } from '../task-runner.ts';
import type { Networks } from './source.ts';

export { MODEL_ROW } from '../../report/row-facts.ts';

/** The model that everything is made of and compared with. */
export interface ModelSource {
  /** As ONNX, not optimized: the user's own file, or what was made of one of another format. */
  readonly artifact: StoredArtifact;
  /** The user's own. */
  readonly given: StoredArtifact;
  readonly format: FormatName;
  /** What its reader had to say. */
  readonly notes: readonly string[];
}

/** Samples that variants are compared on: to choose among them, or to report. */
export type Part = 'selection' | 'evaluation';

/** The samples of a job, after the split. */
export interface JobSamples {
  readonly refs: DataRefs;
  readonly split: Digest;
  readonly facts: SplitResult;
  readonly isSynthetic: boolean;
  /** Of each part, as they may differ in labels. Absent on synthetic inputs: nothing says what is right. */
  readonly metrics?: Readonly<Record<Part, MetricRef>>;
}

export interface ModelWork {
  readonly job: Job;
  readonly context: PipelineContext;
  readonly tasks: TaskRunner;
  readonly source: ModelSource;
  readonly prepared: Prepared;
  readonly samples: JobSamples;
  /** Models that take part in training beside the job's own. */
  readonly networks?: Networks;
}

/** What is said of a variant, whatever it is built for. */
export interface VariantFacts extends Omit<MadeVariant, 'status' | 'model' | 'plan'> {
  readonly training?: readonly Training[];
  /** Of the float32 form, which it is compared with, and its own. */
  readonly compressed?: { readonly own: Compressed; readonly base: Compressed };
}

/** One variant for one hardware in one target: a row, unless it is only a candidate of `auto`. */
export interface Build {
  readonly variant: string;
  readonly hardware: Hardware;
  readonly target: Target;
  readonly isRow: boolean;
  readonly result: Attempt<{ readonly artifact: StoredArtifact; readonly facts: VariantFacts }>;
}

/** A build that exists. */
export interface DoneBuild extends Build {
  readonly result: Extract<Build['result'], { status: 'done' }>;
}

export const isDone = (build: Build): build is DoneBuild => build.result.status === 'done';
