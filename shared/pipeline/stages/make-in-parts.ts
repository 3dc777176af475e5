/** A variant of a model too large for one machine: laid out, made in parts side by side, joined in the store. */
import type { StoredArtifact } from '../artifact.ts';
import { isWeightOnly } from '../names.ts';
import type { PartsPolicy } from '../parts.ts';
import type { CompressInput, CompressResult } from '../steps/compress.ts';
import { float16PlanStep } from '../steps/float16-plan.ts';
import { weightsLayoutStep } from '../steps/weights-layout.ts';
import { makeFiles, type PartsWork } from './make-files.ts';

/** Whether a plan that can be written down says what every weight becomes, each of its own values alone. */
export const isMadeInParts = (variant: string): boolean =>
  isWeightOnly(variant) || variant === 'float16';

/** Of such variants those of large models whose weights lie beside them. */
export function partsFor(
  { bytes, external }: Pick<StoredArtifact, 'bytes' | 'external'>,
  variant: string,
  policy: PartsPolicy | undefined,
): PartsPolicy | undefined {
  return policy && isMadeInParts(variant) && external && bytes > policy.above ? policy : undefined;
}

/** `undefined`: it has to be made as a whole. @throws as steps do */
export async function makeInParts(
  { tasks, context }: PartsWork,
  input: CompressInput,
  id: string,
  parts: PartsPolicy,
): Promise<CompressResult | undefined> {
  const { model, variant, hardware, opset, shapes } = input;
  const planned =
    variant === 'float16' ? await tasks.run(planTaskId(id), float16PlanStep, input) : undefined;
  if (planned?.status === 'skipped') return planned;
  const laidOut = await tasks.run(id, weightsLayoutStep, {
    ...{ model, variant, hardware },
    parts: { bytes: parts.bytes, chunk: parts.chunk },
    ...(opset !== undefined && { opset }),
    ...(planned && { plan: planned.plan }),
    ...(shapes && { shapes }),
  });
  if (laidOut.status === 'skipped') return laidOut;
  if (laidOut.status === 'whole') return undefined;
  const { status: _, files, ...facts } = laidOut;
  const plan = planned?.plan ?? laidOut.plan;
  const joined = await makeFiles({ tasks, context }, files, { model, id, ...(plan && { plan }) });
  const { status: __, ...decided } = planned ?? { status: 'planned' };
  return { status: 'done', model: joined, ...facts, ...decided };
}

export const planTaskId = (id: string): string => `${id} plan`;
