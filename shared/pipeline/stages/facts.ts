/** Facts of a report that are the same however a model was made. */

import type { DataCounts } from '../../report/schema.ts';
import type { ModelIo } from '../../report/schema-parts.ts';
import type { Prepared } from '../steps/prepare.ts';
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
