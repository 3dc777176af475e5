/** The stage that changes the precision of a float32 model: of the job's own, or of one that was trained. */
import type { Hardware } from '../../base/hardware.ts';
import type { StoredArtifact } from '../artifact.ts';
import { isCalibrated } from '../names.ts';
import { type CompressInput, type CompressResult, compressStep } from '../steps/compress.ts';
import { makeInParts, partsFor } from './make-in-parts.ts';
import type { ModelWork } from './model-work.ts';

/** What a variant is to be made of. */
export interface CompressOrder {
  readonly model: StoredArtifact;
  /** A precision. */
  readonly variant: string;
  readonly hardware: Hardware;
  /** Of the task. */
  readonly id: string;
}

/** @throws as steps do */
export async function compressVariant(
  work: ModelWork,
  order: CompressOrder,
): Promise<CompressResult> {
  const { model, variant, id } = order;
  const { context, tasks } = work;
  const input = compressInput(work, order);
  const parts = partsFor(model, variant, context.parts);
  const inParts = parts && (await makeInParts(work, input, id, parts));
  return (
    inParts ??
    tasks.run(id, compressStep, input, {
      note: (output) =>
        output.status === 'skipped' ? `skipped: ${output.reason}` : output.description,
    })
  );
}

/** What the step is told. */
export function compressInput(
  { job, samples, source }: ModelWork,
  { model, variant, hardware }: Omit<CompressOrder, 'id'>,
): CompressInput {
  const hasCalibration = !samples.isSynthetic && samples.facts.counts.calibration > 0;
  const needsSource = isCalibrated(variant) && !hasCalibration;
  return {
    model,
    variant,
    hardware,
    data: samples.refs,
    split: samples.split,
    ...(samples.metrics && { metric: samples.metrics.selection }),
    seed: job.seed,
    shapes: samples.facts.shapes,
    ...(needsSource && { source: source.artifact }),
    ...(job.opset !== undefined && { opset: job.opset }),
  };
}
