/** TensorFlow graphs to ONNX: from the outputs back, each node once, by the op table. */
import { LimitError, ModelError } from '../../base/errors.ts';
import { type BuiltModel, buildModel } from '../build/build-model.ts';
import type { Builder } from '../build/builder.ts';
import { Troubles } from '../build/troubles.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import type { Value } from '../build/value.ts';
import { tensorAttribute } from './attributes.ts';
import { calledNodes } from './called-nodes.ts';
import { lowerFrames } from './control-flow/frames/lower-frames.ts';
import { withDilations } from './dilated-convolutions.ts';
import { hintFor } from './hints.ts';
import { ownBatches } from './named-sizes.ts';
import { isValue, type TfContext, type TfValue } from './op.ts';
import { structuralOp, valueOp } from './op-table.ts';
import { suggestCut } from './suggest-cut.ts';
import { parseReference, type TfGraph, type TfNode } from './tf-graph.ts';

/** How deep functions may call each other (CWE-674): models of Keras nest a few dozen layers. */
const MAX_CALL_DEPTH = 200;

/**
 * How many nodes are converted, those of a function once for each call (CWE-409): functions that call
 * others twice, 200 deep, would never end. Large models have some ten thousand.
 */
const MAX_CONVERTED_NODES = 1_000_000;

/** Stands for what a node would have given that could not be converted, or hangs on one that could not. */
const LOST = Symbol('lost');

/** A called function has troubles, which are noted already. Thrown and caught in this file alone. */
class LostInside extends Error {}

/** @throws UnsupportedError that names every op that cannot be converted, ModelError for a broken graph */
export function convertGraph(
  source: TfGraph,
  options: { readonly opset?: number | undefined; readonly title: string },
): BuiltModel {
  const graph = lowerFrames(source);
  const troubles = new Troubles(options.title);
  let places: readonly string[] | undefined;
  const cut = (): readonly string[] => {
    places ??= suggestCut(source);
    return places;
  };
  const built = buildModel(options.opset, (b) => {
    troubles.clear();
    for (const { name } of graph.outputs) b.reserve(name);
    const inputs = new Map<string, Value>(
      ownBatches(graph.inputs).map(({ name, tensor, type, shape }) => [
        normalized(tensor),
        b.input(name, type, shape),
      ]),
    );
    const conversion = new Conversion(graph, troubles, cut);
    const values = conversion.run(
      b,
      graph.nodes,
      inputs,
      graph.outputs.map(({ tensor }) => tensor),
    );
    for (const [index, { name }] of graph.outputs.entries()) {
      const value = values[index];
      if (value === LOST) continue;
      if (isValue(value)) b.output(name, value);
      else troubles.add('output', name, 'it is no tensor');
    }
    troubles.check();
  });
  return built;
}

const normalized = (reference: string): string => {
  const { node, output } = parseReference(reference);
  return `${node}:${output}`;
};

type Result = TfValue | typeof LOST;

class Conversion {
  readonly #graph: TfGraph;
  readonly #troubles: Troubles;
  readonly #cut: () => readonly string[];
  readonly #indexes = new Map<readonly TfNode[], ReadonlyMap<string, TfNode>>();
  readonly #constants = new Map<TfNode, Value>();
  /** Functions whose nodes were looked at without being converted. */
  readonly #lost = new Set<string>();
  #depth = 0;
  #converted = 0;

  constructor(graph: TfGraph, troubles: Troubles, cut: () => readonly string[]) {
    this.#graph = graph;
    this.#troubles = troubles;
    this.#cut = cut;
  }

  /** Values of the wanted tensors; `given` are known already, by `node:number`. */
  run(
    b: Builder,
    nodes: readonly TfNode[],
    given: ReadonlyMap<string, TfValue>,
    wanted: readonly string[],
  ): Result[] {
    const results = new Map<string, Result>(given);
    const byName = this.#byName(nodes);
    const done = new Set<string>();
    const resolve = (reference: string): Result => {
      const found = results.get(normalized(reference));
      if (found !== undefined) return found;
      const { node: name, output } = parseReference(reference);
      const node = done.has(name) ? byName.get(name) : undefined;
      if (node)
        this.#troubles.add(node.kind ?? node.op, name, `its output ${output} has no conversion`);
      return LOST;
    };
    for (const node of neededNodes(byName, given, wanted)) {
      if (++this.#converted > MAX_CONVERTED_NODES)
        throw new LimitError(
          `with every call written out the graph has more than ${MAX_CONVERTED_NODES} nodes`,
        );
      const outputs = this.#convert(b, node, node.inputs.map(resolve));
      if (!outputs) continue;
      done.add(node.name);
      for (const [index, value] of outputs.entries()) {
        if (value === undefined) continue;
        results.set(`${node.name}:${index}`, value);
        if (isValue(value as TfValue))
          b.trace(index === 0 ? node.name : `${node.name}:${index}`, value as Value);
      }
    }
    return wanted.map(resolve);
  }

  /** What the node gives; `undefined` when it, or what it reads, could not be converted. */
  #convert(
    b: Builder,
    node: TfNode,
    inputs: readonly Result[],
  ): readonly (Result | undefined)[] | undefined {
    const kind = node.kind ?? node.op;
    if (this.#refuse(node) && node.op !== 'Const') return undefined;
    if (inputs.includes(LOST)) return this.#lose(node);
    try {
      const made = b.within(node.name, () => this.#apply(b, node, inputs as readonly TfValue[]));
      return Array.isArray(made) ? made : [made as TfValue];
    } catch (error) {
      if (error instanceof LostInside) return this.#lose(node);
      if (!(error instanceof Unconvertible)) throw error;
      this.#troubles.add(kind, node.name, error.message, error.hint);
      return this.#lose(node);
    }
  }

  /** Notes a node that cannot be converted, whatever it is given. */
  #refuse(node: TfNode): boolean {
    const { name, op, refusal, kind = op } = node;
    if (refusal) this.#troubles.add(kind, name, refusal.reason, refusal.hint);
    else if (this.#isKnown(op)) return false;
    else this.#troubles.add(kind, name, 'an op that has no conversion', hintFor(op, this.#cut));
    return true;
  }

  /** The node is not converted: what is wrong in functions that it calls is noted all the same. */
  #lose(node: TfNode): undefined {
    for (const called of calledNodes(node, this.#graph.functions, this.#lost)) this.#refuse(called);
  }

  #byName(nodes: readonly TfNode[]): ReadonlyMap<string, TfNode> {
    const known = this.#indexes.get(nodes);
    if (known) return known;
    const byName = new Map(withDilations(nodes).map((node) => [node.name, node]));
    this.#indexes.set(nodes, byName);
    return byName;
  }

  /** One value for each node, however often its function is called: it is stored once. */
  #constant(b: Builder, node: TfNode): Value {
    const known = this.#constants.get(node);
    if (known) return known;
    const value = b.constant({ ...tensorAttribute(node, 'value'), name: node.name });
    this.#constants.set(node, value);
    return value;
  }

  #isKnown(op: string): boolean {
    return (
      op === 'Const' ||
      valueOp(op) !== undefined ||
      structuralOp(op) !== undefined ||
      this.#graph.functions.has(op)
    );
  }

  #apply(
    b: Builder,
    node: TfNode,
    inputs: readonly TfValue[],
  ): TfValue | readonly (TfValue | undefined)[] {
    if (node.op === 'Const') return this.#constant(b, node);
    const context: TfContext = {
      b,
      node,
      functions: this.#graph.functions,
      call: (name, values, inside = b, wanted = undefined) =>
        this.#call(name, values, inside, wanted),
    };
    const structural = structuralOp(node.op);
    if (structural) return structural(inputs, context);
    const op = valueOp(node.op);
    // The op of a node may be the name of a function: the oldest way to call one.
    if (!op) return context.call(node.op, inputs);
    if (!inputs.every(isValue)) throw new Unconvertible('one of its inputs is no tensor');
    return op(inputs, context);
  }

  #call(
    name: string,
    inputs: readonly (TfValue | undefined)[],
    b: Builder,
    wanted: readonly string[] | undefined,
  ): readonly TfValue[] {
    const target = this.#graph.functions.get(name);
    if (!target)
      throw new Unconvertible(`it calls the function ${name}, which the file does not hold`);
    if (this.#depth >= MAX_CALL_DEPTH)
      throw new Unconvertible(`functions call each other more than ${MAX_CALL_DEPTH} deep`);
    this.#depth++;
    try {
      const given = new Map<string, TfValue>();
      for (const [index, parameter] of target.parameters.entries()) {
        const value = inputs[index];
        if (value) given.set(`${parameter}:0`, value);
      }
      const results = this.run(b, target.nodes, given, wanted ?? target.results);
      if (results.includes(LOST)) throw new LostInside();
      return results as readonly TfValue[];
    } finally {
      this.#depth--;
    }
  }
}

/**
 * The nodes that the wanted tensors need, each behind its inputs; `given` tensors are not followed. No
 * recursion, as chains of nodes are long.
 * @throws ModelError for a cycle or a node that is not there
 */
function neededNodes(
  byName: ReadonlyMap<string, TfNode>,
  given: ReadonlyMap<string, TfValue>,
  wanted: readonly string[],
): TfNode[] {
  const ordered: TfNode[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const path: { readonly node: TfNode; next: number }[] = [];
  const enter = (reference: string): void => {
    const { node: name, output } = parseReference(reference);
    if (given.has(`${name}:${output}`) || state.get(name) === 'done') return;
    const node = byName.get(name);
    if (!node) throw new ModelError(`the graph has no node '${name}', which another one reads`);
    if (state.get(name) === 'open')
      throw new ModelError(
        `the node '${name}' waits for itself: the graph has a cycle outside of loops`,
      );
    state.set(name, 'open');
    path.push({ node, next: 0 });
  };
  for (const start of wanted) {
    enter(start);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const input = top.node.inputs[top.next++];
      if (input !== undefined) {
        enter(input);
        continue;
      }
      path.pop();
      state.set(top.node.name, 'done');
      ordered.push(top.node);
    }
  }
  return ordered;
}
