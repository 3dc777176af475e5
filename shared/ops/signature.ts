/** What an operator of one version takes and gives, in plain strings. */

/** Names as `Attribute['type']` of the IR. */
export type AttributeKind =
  | 'float'
  | 'int'
  | 'string'
  | 'tensor'
  | 'graph'
  | 'sparse-tensor'
  | 'type'
  | 'floats'
  | 'ints'
  | 'strings'
  | 'tensors'
  | 'graphs'
  | 'sparse-tensors'
  | 'types';

/** One formal input or output. */
export interface Parameter {
  readonly name: string;
  /** A type variable (`T`), or a type itself. */
  readonly type: string;
  /**
   * Types that are allowed: element types of the IR for tensors (`float32`), else `seq(float32)`,
   * `optional(seq(int64))`, `map(int64,float32)`, `sparse(float64)`.
   */
  readonly types: readonly string[];
  readonly option: 'single' | 'optional' | 'variadic';
  /** Whether all values of a variadic parameter have one type. */
  readonly homogeneous: boolean;
}

export interface AttributeSpec {
  readonly name: string;
  readonly kind: AttributeKind;
  readonly required: boolean;
  /** Absent: the operator says in words what happens without the attribute. */
  readonly default?: number | string | readonly number[] | readonly string[];
}

/** One version of an operator. */
export interface OpSignature {
  readonly domain: string;
  readonly opType: string;
  /** The operator set version that brought this signature. */
  readonly since: number;
  readonly deprecated: boolean;
  readonly inputs: readonly Parameter[];
  readonly outputs: readonly Parameter[];
  readonly minInputs: number;
  /** `Infinity` when the last one is variadic. */
  readonly maxInputs: number;
  readonly minOutputs: number;
  readonly maxOutputs: number;
  readonly attributes: ReadonlyMap<string, AttributeSpec>;
}

/** The formal parameter that a position stands for; `undefined` beyond the last one. */
export function parameterAt(
  parameters: readonly Parameter[],
  position: number,
): Parameter | undefined {
  const last = parameters.at(-1);
  return parameters[position] ?? (last?.option === 'variadic' ? last : undefined);
}
