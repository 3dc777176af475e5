/** The plan of a float16 conversion: plain JSON, a line for each node that computes with reals. */
import type { NodeRef } from '../weights/weight-plan.ts';

export const FLOAT16_PLAN_SCHEMA = 'fettle.float16-plan/1';

export interface Float16Plan {
  readonly schema: typeof FLOAT16_PLAN_SCHEMA;
  /** What graph inputs and outputs are that were float32. */
  readonly io: 'float32' | 'float16';
  readonly nodes: readonly PlannedHalf[];
  /** Nodes that compute in float32. */
  readonly kept: readonly KeptFloat[];
}

/** A node that reads and gives float16. */
export interface PlannedHalf extends NodeRef {
  readonly op: string;
  readonly node: string;
  /** Positions of inputs that were float32 and are float16; others stay what they were. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export interface KeptFloat extends NodeRef {
  readonly op: string;
  readonly node: string;
  readonly reason: string;
}
