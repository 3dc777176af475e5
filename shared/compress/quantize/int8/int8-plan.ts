/** The plan of a static int8 quantization: plain JSON that says what becomes integers, how, and what does not and why. */
import type { PlannedWeight } from '../weights/weight-plan.ts';
import type { Int8Hardware } from './int8-policy.ts';
import type { ElementwiseGroup } from './node-groups.ts';
import type { RangeMethod } from './numbers/choose-range.ts';

export const INT8_PLAN_SCHEMA = 'fettle.int8-plan/1';

export interface Int8Plan {
  readonly schema: typeof INT8_PLAN_SCHEMA;
  readonly hardware: Int8Hardware;
  readonly calibration: {
    /** Samples whose ranges were taken. */
    readonly samples: number;
    readonly method: RangeMethod;
    /** True: no data was given; accuracy is unknown. */
    readonly synthetic: boolean;
  };
  /** Values whose channels are scaled first, in float: see equalize/. */
  readonly equalized: readonly EqualizedValue[];
  /** Groups of other ops that work on integers where both sides do. */
  readonly groups: readonly ElementwiseGroup[];
  /** Weighted nodes that are quantized. */
  readonly nodes: readonly PlannedNode[];
  /** Values that become integers. */
  readonly values: readonly PlannedValue[];
  /** Other nodes that work on integers. */
  readonly integerOps: readonly PlannedRef[];
  /** Relu and Clip that saturation takes the place of, by output. */
  readonly absorbed: readonly PlannedRef[];
  /** Nodes whose weights alone are in 8 or 16 bits: recurrent ones, those that no sample reached, and those kept in float. */
  readonly weightsAlone: readonly PlannedWeight[];
  /** Weighted nodes that stay in float32. */
  readonly kept: readonly KeptInFloat[];
}

/** A value, by the graph and its name; see scopes.ts. A node is named by its first output. */
export interface PlannedRef {
  readonly scope: string;
  readonly name: string;
}

/** Channel c is divided by 2 ** exponents[c], and the weights that read it are multiplied. */
export interface EqualizedValue extends PlannedRef {
  readonly exponents: readonly number[];
}

export interface PlannedNode extends PlannedRef {
  readonly op: string;
  /** The node's own name, where it has one. */
  readonly node: string;
  readonly rounding: 'nearest' | 'output-error';
}

export interface PlannedValue extends PlannedRef {
  readonly readers: 'all' | 'some';
  readonly min: number;
  readonly max: number;
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface KeptInFloat extends PlannedRef {
  readonly op: string;
  readonly node: string;
  readonly reason: string;
  /** Measured damage when it alone is quantized. */
  readonly damage?: number;
}
