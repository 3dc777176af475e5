/** What a rule looks for: a tree of operators that ends in one node, written as a value. */

export type Pattern = AnyPattern | ConstantPattern | NodePattern;

/** Any value. The same name twice stands for the same value. */
export interface AnyPattern {
  readonly kind: 'any';
  readonly as: string;
}

/** A value that no caller can change; with `equals`, one of a single element, which is that number. */
export interface ConstantPattern {
  readonly kind: 'constant';
  readonly as: string | undefined;
  readonly equals: number | undefined;
}

/** The first output of a node of one of these operators. */
export interface NodePattern {
  readonly kind: 'node';
  /** `Op` of ai.onnx, or `domain:Op`. */
  readonly ops: readonly string[];
  /** Of the first inputs; the node may have more. Both orders are tried where the operator is commutative. */
  readonly inputs: readonly Pattern[];
  readonly as: string | undefined;
  /** Whether others may read the node's result too. The node at the root may always be read by all. */
  readonly isShared: boolean;
}

export interface NodeOptions {
  /** The name under which the match gives the node. */
  readonly as?: string;
  readonly isShared?: boolean;
}

/** Any value, by name. */
export function any(as: string): AnyPattern {
  return { kind: 'any', as };
}

/** A constant, by name. */
export function constant(as: string): ConstantPattern {
  return { kind: 'constant', as, equals: undefined };
}

/** A constant of one element, which is this number (to its type's precision), of any rank. */
export function number(equals: number, as?: string): ConstantPattern {
  return { kind: 'constant', as, equals };
}

/** A node: `op('Add', [any('x'), constant('b')])`, or `op(['Add', 'Sub'], …)` for either. */
export function op(
  ops: string | readonly string[],
  inputs: readonly Pattern[],
  { as, isShared = false }: NodeOptions = {},
): NodePattern {
  return { kind: 'node', ops: typeof ops === 'string' ? [ops] : ops, inputs, as, isShared };
}

/** Whether a graph of these operators, by the names that patterns use, may hold the pattern at all. */
export function isPossible(pattern: Pattern, ops: ReadonlySet<string>): boolean {
  if (pattern.kind !== 'node') return true;
  return (
    pattern.ops.some((name) => ops.has(name)) &&
    pattern.inputs.every((input) => isPossible(input, ops))
  );
}
