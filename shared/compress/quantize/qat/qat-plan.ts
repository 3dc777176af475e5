/** The plan of a quantization with training: plain JSON, that of a static int8 quantization and a line for each weight that is trained. */
import type { Int8Plan, PlannedRef } from '../int8/int8-plan.ts';

export const QAT_PLAN_SCHEMA = 'fettle.qat-plan/1';

export type QatVariant = 'int8-qat' | 'int4-qat';

export interface QatPlan {
  readonly schema: typeof QAT_PLAN_SCHEMA;
  readonly variant: QatVariant;
  /** Grids of activations, and which nodes read integers. */
  readonly int8: Int8Plan;
  readonly nodes: readonly QatNode[];
}

/** A node of the main graph whose weights are rounded while they are trained. */
export interface QatNode extends PlannedRef {
  readonly op: string;
  /** The node's own name, where it has one. */
  readonly node: string;
  /** Of a weight. */
  readonly bits: 4 | 8;
  /** `reals`: its input stays in float32, and its weights alone are rounded. */
  readonly reads: 'integers' | 'reals';
  /** What the rounded weights are called in the training form. */
  readonly rounded: string;
  readonly reason: string;
}

/** `6 Conv and 1 Gemm with weights in 4 bits, 1 Conv in 8 bits, ranges by min-max over 64 samples`. */
export function describeQat({ nodes, int8 }: QatPlan): string {
  const parts = ([4, 8] as const).flatMap((bits) => {
    const counts = new Map<string, number>();
    for (const { op } of nodes.filter((node) => node.bits === bits))
      counts.set(op, (counts.get(op) ?? 0) + 1);
    const text = [...counts].map(([op, count]) => `${count} ${op}`).join(' and ');
    return text === '' ? [] : [`${text} with weights in ${bits} bits`];
  });
  const alone = nodes.filter(({ reads }) => reads === 'reals').length;
  const { method, samples } = int8.calibration;
  return [
    ...parts,
    ...(alone > 0 ? [`${alone} of them on float activations`] : []),
    `trained so, ranges by ${method} over ${samples} samples`,
  ].join(', ');
}
