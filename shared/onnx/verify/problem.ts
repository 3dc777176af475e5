/** What the verifier finds, and what every rule family is given. */
import type { Model } from '../model.ts';
import type { Scope } from './scope.ts';

/** Every rule, by the family that checks it. */
export type RuleName =
  // opsets.ts
  | 'opset-import'
  // definitions.ts
  | 'single-definition'
  | 'topological-order'
  | 'acyclic'
  | 'defined-inputs'
  | 'defined-outputs'
  // signatures.ts
  | 'known-op'
  | 'op-version'
  | 'arity'
  | 'attribute-name'
  | 'attribute-type'
  | 'attribute-required'
  // bodies.ts
  | 'body-arity'
  // functions.ts
  | 'function'
  // tensors.ts
  | 'tensor-bytes'
  // declared-types.ts
  | 'declared-type';

export interface Problem {
  readonly rule: RuleName;
  /** What is wrong, one clause. */
  readonly message: string;
  /** Node, value, tensor or graph at fault. */
  readonly where: string;
  /** Against the rules, but onnxruntime runs it all the same, and so that it can only be meant in one way. */
  readonly isHarmless?: true;
}

export interface CheckContext {
  readonly model: Model;
  readonly scopes: readonly Scope[];
  readonly problems: ProblemList;
}

export type Check = (context: CheckContext) => void;

/** Nobody reads more, and a hostile model must not make us hold millions (CWE-770). */
const MAX_PROBLEMS = 100;

/** Problems in order of finding, up to 100, and as many harmless ones: those take no place from others. */
export class ProblemList {
  readonly found: Problem[] = [];
  readonly #counts = { grave: 0, harmless: 0 };

  add(rule: RuleName, where: string, message: string, { isHarmless = false } = {}): void {
    const kind = isHarmless ? 'harmless' : 'grave';
    if (this.#counts[kind]++ < MAX_PROBLEMS)
      this.found.push({ rule, message, where, ...(isHarmless && { isHarmless }) });
  }
}
