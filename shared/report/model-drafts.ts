/** Models of a report that were not measured: gone, or not to be opened. */
import type { ModelDraft } from './gate.ts';
import type { ModelReport } from './schema.ts';

interface Unmeasured {
  readonly name: string;
  /** As the user knows it. */
  readonly path: string;
}

/** The model is not there any more. */
export function removedModel({
  name,
  path,
  bytes,
}: Unmeasured & { readonly bytes?: number | undefined }): ModelDraft {
  const source = unknownSource(path);
  return {
    ...unmeasured(name),
    change: 'removed',
    source: { ...source, ...(bytes !== undefined && { bytes }) },
  };
}

/** The model could not be measured; `code` as the exit codes. */
export function refusedModel({
  name,
  path,
  reason,
  code,
  ship,
}: Unmeasured & {
  readonly reason: string;
  readonly code: number;
  readonly ship?: string | undefined;
}): ModelDraft {
  return {
    ...unmeasured(name),
    reason,
    code,
    ...(ship !== undefined && { ship }),
    source: unknownSource(path),
  };
}

const unmeasured = (name: string): Pick<ModelReport, 'name' | 'data'> & { variants: [] } => ({
  name,
  data: { synthetic: false },
  variants: [],
});

const unknownSource = (path: string): ModelReport['source'] => ({
  path,
  format: 'unknown',
  verified: 'not verified',
});
