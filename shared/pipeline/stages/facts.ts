/** Facts of a report that are the same however a model was made. */

import type { DataCounts, Fidelity } from '../../report/schema.ts';
import type { ModelIo } from '../../report/schema-parts.ts';
import type { Prepared } from '../steps/prepare.ts';
import { roundUp } from '../verify/round-up.ts';
import type { JobSamples } from './model-work.ts';

/** Counts of samples, and whether they are the user's. */
export function dataFacts({ facts, isSynthetic }: JobSamples): DataCounts {
  const { counts, evaluationDigest, notes } = facts;
  return {
    ...counts,
    synthetic: isSynthetic,
    ...(evaluationDigest && { evaluationSha256: evaluationDigest }),
    ...(notes.length > 0 && { notes }),
  };
}

/**
 * What a report says of its source, from the float32 form's outputs beside those that onnxruntime gives
 * for the source file, on the evaluation samples. Nothing compared: nothing claimed.
 */
export function verifiedBy(
  fidelity: Pick<Fidelity, 'maxAbsError' | 'broken' | 'outputs'> | undefined,
): string {
  if (fidelity?.maxAbsError === undefined || fidelity.broken !== undefined) return 'not verified';
  const isNanAlone = fidelity.outputs?.some(({ nan, cosine }) => nan && cosine === undefined);
  if (isNanAlone) return 'not verified';
  // One digit, rounded up: "within" has to hold.
  const bound = roundUp(fidelity.maxAbsError);
  return `agrees within ${bound} of onnxruntime on the source file`;
}

/** An input or output; where its shape is free, with the one that was measured. */
export function ioFacts(
  { name, type, shape = [] }: Prepared['inputs'][number],
  measuredShape: readonly number[] | undefined,
): ModelIo {
  const isFree = shape.some((dim) => typeof dim === 'string');
  return {
    name,
    type,
    shape: [...shape],
    ...(isFree && measuredShape && { measuredShape: [...measuredShape] }),
  };
}
