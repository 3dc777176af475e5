/** The shards of what is made in parts, as far as the size of the model tells them. */
import { type PartsPolicy, partBytes } from './parts.ts';
import { joinTaskId, partTaskId } from './stages/make-files.ts';
import { planTaskId } from './stages/make-in-parts.ts';
import { layoutTaskId, PREPARE } from './stages/prepare-source.ts';
import type { PlannedStep, Workload } from './step.ts';
import { float16PlanStep } from './steps/float16-plan.ts';
import { prepareLayoutStep } from './steps/prepare-layout.ts';
import { prepareLookStep } from './steps/prepare-look.ts';
import { weightsJoinStep } from './steps/weights-join.ts';
import { weightsLayoutStep } from './steps/weights-layout.ts';
import { weightsPartStep } from './steps/weights-part.ts';

/** What codes and scales take of float32 weights, in blocks of 32 for 4 bits, and a little for what stays. */
const SHARES: Readonly<Record<string, number>> = { int4: 0.16, float16: 0.5 };
const EIGHT_BITS = 0.26;

/** A shard before its estimate. */
export interface PartShard {
  readonly id: string;
  readonly title: string;
  readonly step: PlannedStep;
  readonly work: Workload;
}

/**
 * Layout, parts and join, and before them the plan where the header does not tell it. Where exactly parts are cut, the header tells. */
export function planParts(
  { id, title, variant }: { readonly id: string; readonly title: string; readonly variant: string },
  bytes: number,
  policy: PartsPolicy,
): PartShard[] {
  const made = bytes * (SHARES[variant] ?? EIGHT_BITS);
  const plan = {
    ...{ id: planTaskId(id), title: `${title}: plan`, step: float16PlanStep },
    work: { bytes },
  };
  return [
    ...(variant === 'float16' ? [plan] : []),
    { id, title: `${title}: lay out`, step: weightsLayoutStep, work: { bytes } },
    ...files({ id, title }, { read: bytes, made }, policy),
  ];
}

/** The same for the float32 form, where all weights may have to be copied. */
export function planPrepare(title: string, bytes: number, policy: PartsPolicy): PartShard[] {
  const id = PREPARE;
  return [
    { id, title: `${title}: look`, step: prepareLookStep, work: { bytes } },
    // It reads what is small.
    {
      ...{ id: layoutTaskId(id), title: `${title}: lay out`, step: prepareLayoutStep },
      work: { bytes: 0 },
    },
    ...files({ id, title }, { read: bytes, made: bytes }, policy),
  ];
}

function files(
  { id, title }: { readonly id: string; readonly title: string },
  { read, made }: { readonly read: number; readonly made: number },
  policy: PartsPolicy,
): PartShard[] {
  const count = Math.max(1, Math.ceil(made / partBytes(made, policy)));
  const parts = Array.from({ length: count }, (_, index) => ({
    id: partTaskId(id, index + 1),
    title: `${title}: part ${index + 1} of ${count}`,
    step: weightsPartStep,
    work: { bytes: (read + made) / count },
  }));
  return [
    ...parts,
    { id: joinTaskId(id), title: `${title}: join`, step: weightsJoinStep, work: { bytes: made } },
  ];
}
