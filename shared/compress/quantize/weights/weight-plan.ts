/** The plan of a weight-only or dynamic quantization: plain JSON, a line for each node that holds weights. */
import type { Hardware } from '../../../base/hardware.ts';
import type { Block, Form, WeightVariant } from '../policy.ts';

export const WEIGHT_PLAN_SCHEMA = 'fettle.weight-plan/1';

export interface WeightPlan {
  readonly schema: typeof WEIGHT_PLAN_SCHEMA;
  readonly variant: WeightVariant;
  readonly hardware: Hardware;
  /** The version of ai.onnx that the forms need; the model is raised to it where it is below. */
  readonly opset: number;
  readonly nodes: readonly PlannedWeight[];
  /** Nodes with weights that stay as they are. */
  readonly kept: readonly KeptWeight[];
}

/** A node, by the graph around it (see int8/scopes.ts) and its first output. */
export interface NodeRef {
  readonly scope: string;
  readonly name: string;
}

export interface PlannedWeight extends NodeRef {
  readonly op: string;
  /** The node's own name, where it has one. */
  readonly node: string;
  readonly form: Exclude<Form, 'float'>;
  /** Names of the weights. */
  readonly weights: readonly string[];
  /** Bits of a code. */
  readonly bits: 4 | 8 | 16;
  /** 8 and 16 bits by channel: the axis of channels. */
  readonly axis?: number;
  /** 4 bits: how many weights share a scale, along the axis that is summed over. */
  readonly block?: Block;
  /** Whether the zero point is in the middle. */
  readonly symmetric: boolean;
  readonly accuracyLevel?: 0 | 4;
  /** Codes by what they do to the outputs on calibration samples; otherwise the nearest. */
  readonly rounding?: 'output-error';
  /** Largest code, and largest sum of two codes of one sign. */
  readonly limits?: { readonly highest: number; readonly pairSum: number | null };
  /** Bytes of the weights before and after. */
  readonly bytes: readonly [before: number, after: number];
  readonly reason: string;
}

export interface KeptWeight extends NodeRef {
  readonly op: string;
  readonly node: string;
  readonly weights: readonly string[];
  readonly bytes: number;
  readonly reason: string;
}
