/** Runs passes over a model, and says what each did. */
import type { ChangeCounts } from '../onnx/graph-editor.ts';
import { allGraphs } from '../onnx/graph-walk.ts';
import type { Model, ValueType } from '../onnx/model.ts';
import { storedByteLength } from '../onnx/tensor-data.ts';
import { inferTypes } from '../runtime/infer-types.ts';
import { carriedTypes, isComplete, usesSizes } from './carried-types.ts';
import { editGraphs } from './edit-graphs.ts';
import { GraphContext, type KnownTypes } from './graph-context.ts';
import { opName } from './match.ts';
import {
  type Growth,
  MAX_REFUSALS,
  type Pass,
  type PassContext,
  type PassReport,
  type PassWork,
  runtimeOptions,
} from './pass.ts';
import type { Refusal } from './refusal.ts';

export interface PassesResult {
  readonly model: Model;
  readonly report: readonly PassReport[];
}

/**
 * Runs the passes in order, each once. Types are inferred when a pass needs them and the model is
 * another than at the last inference.
 * @throws what a pass throws; an aborted signal stops before the next pass.
 */
export async function runPasses(
  model: Model,
  passes: readonly Pass[],
  context: PassContext = {},
): Promise<PassesResult> {
  const runner = new PassRunner(model, context);
  const report: PassReport[] = [];
  for (const pass of passes) report.push(await runner.run(pass));
  return { model: runner.model, report };
}

/**
 * Runs the list again and again until a whole round changes nothing, `maxRounds` at most. A pass is
 * left out when it changed nothing the last time and the model is still the same. Types are inferred
 * once a round, not before each pass: values that a pass makes get theirs in the next round.
 */
export async function runToFixpoint(
  model: Model,
  passes: readonly Pass[],
  maxRounds: number,
  context: PassContext = {},
): Promise<PassesResult> {
  const runner = new PassRunner(model, context);
  const report: PassReport[] = [];
  const settled = new Map<Pass, Model>();
  runner.carriesTypes = true;
  for (let round = 0; round < maxRounds; round++) {
    const before = runner.model;
    runner.forgetTypes();
    for (const pass of passes) {
      if (settled.get(pass) === runner.model) continue;
      const given = runner.model;
      report.push(await runner.run(pass));
      // With types from before the last changes it may have missed something.
      if (runner.model === given && runner.knowsAll(pass)) settled.set(pass, given);
    }
    if (runner.model === before) break;
  }
  return { model: runner.model, report };
}

class PassRunner {
  model: Model;
  readonly #context: PassContext;
  readonly #growth: Growth;
  /** Whether types inferred before the last changes will do. */
  carriesTypes = false;
  /** By names that were fresh then: those of no other value. */
  readonly #learnt = new Map<string, ValueType>();
  /** Whether inference is not needed for dims that the caller does not know. */
  readonly #isOpen: boolean;
  #types: { readonly of: Model; readonly known: KnownTypes } | undefined;
  #operators: { readonly of: Model; readonly names: ReadonlySet<string> } | undefined;

  constructor(model: Model, context: PassContext) {
    this.model = model;
    this.#context = context;
    this.#growth = { limit: GROWTH * weightBytes(model), used: 0 };
    const { types } = context;
    this.#isOpen = types !== undefined && !usesSizes(model);
    if (!types) return;
    const known: KnownTypes = { get: (_, value) => types.get(value) ?? this.#learnt.get(value) };
    if (isComplete(model, known, this.#isOpen)) this.#types = { of: model, known };
  }

  async run(pass: Pass): Promise<PassReport> {
    this.#context.signal?.throwIfAborted();
    const started = performance.now();
    const isConcerned = pass.concerns?.(this.#ops()) ?? true;
    const types = isConcerned && pass.needsTypes ? await this.#knownTypes() : undefined;
    const work = new Work(this.model, this.#context, this.#growth, types, this.#learnt);
    if (isConcerned) await pass.run(work);
    this.model = work.model;
    this.#context.inspect?.(this.model, pass.name);
    const refusals = [...work.refusals.values()];
    return {
      name: pass.name,
      milliseconds: performance.now() - started,
      changes: work.changes,
      refusals: refusals.slice(0, MAX_REFUSALS),
      refusalCount: refusals.length,
    };
  }

  /** Of all nodes in graphs, by the names that patterns use. */
  #ops(): ReadonlySet<string> {
    const { model } = this;
    if (this.#operators?.of !== model) {
      const names = new Set<string>();
      for (const { graph } of allGraphs(model.graph))
        for (const node of graph.nodes) names.add(opName(node));
      this.#operators = { of: model, names };
    }
    return this.#operators.names;
  }

  /** Types of another model than this one are to be inferred anew, where that could tell more. */
  forgetTypes(): void {
    const { model } = this;
    if (!this.#types || this.#types.of === model) return;
    const { known } = this.#types;
    this.#types = isComplete(model, known, this.#isOpen) ? { of: model, known } : undefined;
  }

  /** Whether the pass had the types of the very model that it was given. */
  knowsAll(pass: Pass): boolean {
    return !pass.needsTypes || this.#types?.of === this.model;
  }

  async #knownTypes(): Promise<KnownTypes> {
    const { model } = this;
    if (this.#types && (this.carriesTypes || this.#types.of === model)) return this.#types.known;
    const table = await inferTypes(model, runtimeOptions(this.#context));
    this.#types = { of: model, known: carriedTypes(model, table) };
    return this.#types.known;
  }
}

/** By how much of the weights passes may make the file larger. */
const GROWTH = 0.1;

function weightBytes(model: Model): number {
  let bytes = 0;
  for (const { graph } of allGraphs(model.graph)) {
    for (const tensor of graph.initializers.values()) bytes += storedByteLength(tensor);
    for (const { attributes } of graph.nodes)
      for (const attribute of attributes.values())
        if (attribute.type === 'tensor') bytes += storedByteLength(attribute.value);
  }
  return bytes;
}

const NOTHING: ChangeCounts = {
  nodesAdded: 0,
  nodesRemoved: 0,
  usesReplaced: 0,
  initializersAdded: 0,
  initializersRemoved: 0,
  interfaceChanges: 0,
};

class Work implements PassWork {
  model: Model;
  changes: ChangeCounts = NOTHING;
  readonly context: PassContext;
  readonly growth: Growth;
  readonly refusals = new Map<string, Refusal>();
  readonly #types: KnownTypes | undefined;
  readonly #learnt: Map<string, ValueType>;

  constructor(
    model: Model,
    context: PassContext,
    growth: Growth,
    types: KnownTypes | undefined,
    learnt: Map<string, ValueType>,
  ) {
    this.model = model;
    this.context = context;
    this.growth = growth;
    this.#types = types;
    this.#learnt = learnt;
  }

  editGraphs(edit: (graph: GraphContext) => void): void {
    const { opsets } = this.model;
    const types = this.#types;
    const learnt = this.#learnt;
    const refuse = (refusal: Refusal): void => this.refuse(refusal);
    const { model, changes } = editGraphs(this.model, (editor, original) =>
      edit(new GraphContext({ editor, original, opsets, types, learnt, refuse })),
    );
    this.model = model;
    this.#count(changes);
  }

  replaceModel(model: Model, changes: Partial<ChangeCounts>): void {
    this.model = model;
    this.#count({ ...NOTHING, ...changes });
  }

  refuse(refusal: Refusal): void {
    this.refusals.set(`${refusal.nodes.join()}: ${refusal.reason}`, refusal);
  }

  #count(changes: ChangeCounts): void {
    const total = { ...this.changes };
    for (const key of Object.keys(total) as (keyof ChangeCounts)[]) total[key] += changes[key];
    this.changes = total;
  }
}
