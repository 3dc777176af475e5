/** How far a model's outputs move when one group loses a share of its channels: measured, group by group. */
import type { NamedTensors } from '../../../base/tensor.ts';
import type { Model } from '../../../onnx/model.ts';
import { openSession, type SessionOptions } from '../../../runtime/session.ts';
import { damageOf, meanDamage } from '../../quantize/int8/search/damage.ts';
import type { Group } from './find-groups.ts';
import { maskedModel } from './masked-model.ts';
import type { SlimGroup } from './slim-plan.ts';
import type { Trace } from './trace.ts';

/** Between them damage is taken to be straight. */
export const SHARES = [0.25, 0.5, 0.75] as const;

export type Sensitivity = SlimGroup['sensitivity'];

/** Of each group, when its channels of the lowest scores are zero. */
export async function measureSensitivity(
  model: Model,
  trace: Trace,
  groups: readonly Group[],
  scores: readonly (readonly number[])[],
  samples: readonly NamedTensors[],
  options: Pick<SessionOptions, 'process' | 'signal' | 'timeoutMs'> = {},
): Promise<readonly Sensitivity[]> {
  const masked = maskedModel(model, trace);
  await using session = await openSession(masked.model, options);
  const outputsWithout = async (removed: ReadonlySet<number>): Promise<NamedTensors[]> => {
    const masks = masked.masks(removed);
    const outputs: NamedTensors[] = [];
    const feeds = samples.map((sample) => ({ ...sample, ...masks }));
    for await (const output of session.runMany(feeds)) outputs.push(output);
    return outputs;
  };
  const reference = await outputsWithout(new Set());
  const measured: Sensitivity[] = [];
  for (const [index, { units }] of groups.entries()) {
    const order = lowestFirst(scores[index] ?? []);
    const points: { share: number; damage: number }[] = [];
    for (const share of SHARES) {
      const removed = order.slice(0, Math.round(share * units.length));
      const channels = new Set(removed.map((at) => units[at]?.channel ?? -1));
      const outputs = await outputsWithout(channels);
      const damages = outputs.map((output, at) => damageOf(reference[at] ?? {}, output));
      points.push({ share, damage: Number(meanDamage(damages).damage.toPrecision(4)) });
    }
    measured.push(points);
  }
  return measured;
}

/** Positions by score; of equal ones the last goes first. */
export const lowestFirst = (scores: readonly number[]): readonly number[] =>
  scores.map((_, at) => at).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || b - a);
