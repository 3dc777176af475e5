/** A pass: one kind of change to a whole model, and what it says afterwards. */
import type { ChangeCounts } from '../onnx/graph-editor.ts';
import type { Model, ValueType } from '../onnx/model.ts';
import type { RuntimeProcess } from '../runtime/runtime-process.ts';
import { applyRules } from './apply-rules.ts';
import type { GraphContext } from './graph-context.ts';
import { isPossible } from './pattern.ts';
import type { Refusal } from './refusal.ts';
import type { Rule } from './rule.ts';

/** The part of a pass's context that the runtime takes. */
export function runtimeOptions(
  context: PassContext,
): Pick<PassContext, 'process' | 'signal' | 'timeoutMs'> {
  const { process, signal, timeoutMs } = context;
  return {
    ...(process ? { process } : {}),
    ...(signal ? { signal } : {}),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

/** What the caller of passes decides. */
export interface PassContext {
  /** The runtime child that infers types and computes constants; the shared one. */
  readonly process?: RuntimeProcess;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /**
   * Of values that nodes make, by name, where the caller knows them: nothing is inferred as long as they tell all.
   */
  readonly types?: ReadonlyMap<string, ValueType>;
  /** Called between all passes with the model as it stands; the tests verify it here. */
  readonly inspect?: (model: Model, pass: string) => void;
}

/** A pass; it changes the model through `work` alone, which counts what changes. */
export interface Pass {
  readonly name: string;
  /** What it does and why that changes no result, on one line. */
  readonly identity: string;
  /** Whether types of values must be inferred before it runs. */
  readonly needsTypes: boolean;
  /**
   * Whether it has anything to do in a model whose graphs are of these operators (`Op`, or `domain:Op`);
   * absent: in any. It is not run where not.
   */
  readonly concerns?: (ops: ReadonlySet<string>) => boolean;
  run(work: PassWork): void | Promise<void>;
}

/** The model in the hands of a pass. */
export interface PassWork {
  /** As it stands. */
  readonly model: Model;
  readonly context: PassContext;
  /** Edits every graph, bodies before the graph around them. */
  editGraphs(edit: (graph: GraphContext) => void): void;
  /** Puts another model in place of this one: for what no graph holds (functions, IR version). */
  replaceModel(model: Model, changes: Partial<ChangeCounts>): void;
  refuse(refusal: Refusal): void;
  /** How many bytes of weights passes may add, all rounds together. */
  readonly growth: Growth;
}

/** Bytes of weights that may be added, and that were. */
export interface Growth {
  readonly limit: number;
  used: number;
}

/** What a pass did. */
export interface PassReport {
  readonly name: string;
  readonly milliseconds: number;
  readonly changes: ChangeCounts;
  /** The first {@link MAX_REFUSALS} refusals, each once. */
  readonly refusals: readonly Refusal[];
  /** Of all, those named or not. */
  readonly refusalCount: number;
}

/** More refusals than these in a report are read by nobody. */
export const MAX_REFUSALS = 50;

/** The pass that applies rules to every graph. */
export function rulePass(
  name: string,
  identity: string,
  rules: readonly Rule[],
  options: { readonly needsTypes: boolean },
): Pass {
  return {
    name,
    identity,
    needsTypes: options.needsTypes,
    concerns: (ops) => rules.some(({ pattern }) => isPossible(pattern, ops)),
    run: (work) => work.editGraphs((graph) => applyRules(rules, graph)),
  };
}
