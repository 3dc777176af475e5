/**
 * A float model with a twin of every value as integers would leave it: quantized where the plan says, and
 * carried on through the ops in between. Weighted nodes stay float and end a twin's way, so that each
 * meets the error of its own inputs alone, which its weights and bias can make up for.
 */
import type { GraphEditor } from '../../../../onnx/graph-editor.ts';
import { subgraphsOf } from '../../../../onnx/graph-walk.ts';
import { float32Tensor, rawTensor } from '../../../../onnx/make-tensor.ts';
import type { Model, Node } from '../../../../onnx/model.ts';
import type { Int8Plan, PlannedValue } from '../int8-plan.ts';
import { INT8_POLICIES } from '../int8-policy.ts';
import { editScopes, keyOf } from '../scopes.ts';
import { makeNode } from './tap.ts';

export interface TwinnedModel {
  readonly model: Model;
  /** The quantized input of each planned node, by {@link keyOf} the node: a value of its graph. */
  readonly inputs: ReadonlyMap<string, string>;
}

/** Adds the twins; the model's outputs are what they were. */
export function addTwins(model: Model, plan: Int8Plan): TwinnedModel {
  const inputs = new Map<string, string>();
  const edited = editScopes(model, (graph, scope) => {
    const here = <T extends { readonly scope: string }>(items: readonly T[]): readonly T[] =>
      items.filter((item) => item.scope === scope);
    const twins = new Twins(graph, {
      values: here(plan.values),
      type: INT8_POLICIES[plan.hardware].activation.type,
      weighted: new Set(here(plan.nodes).map(({ name }) => name)),
      absorbed: new Set(here(plan.absorbed).map(({ name }) => name)),
    });
    for (const [output, input] of twins.addAll()) inputs.set(keyOf({ scope, name: output }), input);
  });
  return { model: edited, inputs };
}

interface GraphPlan {
  readonly values: readonly PlannedValue[];
  readonly type: 'uint8' | 'int8';
  /** Outputs of weighted nodes. */
  readonly weighted: ReadonlySet<string>;
  readonly absorbed: ReadonlySet<string>;
}

class Twins {
  readonly #graph: GraphEditor;
  readonly #plan: GraphPlan;
  readonly #values: ReadonlyMap<string, PlannedValue>;
  readonly #twins = new Map<string, string>();
  readonly #quantized = new Map<string, string>();

  constructor(graph: GraphEditor, plan: GraphPlan) {
    this.#graph = graph;
    this.#plan = plan;
    this.#values = new Map(plan.values.map((value) => [value.name, value]));
  }

  /** Pairs of a weighted node's output and its quantized input. */
  addAll(): readonly (readonly [string, string])[] {
    const found: (readonly [string, string])[] = [];
    for (const node of [...this.#graph.nodes()]) {
      const output = node.outputs[0] ?? '';
      if (this.#plan.weighted.has(output)) {
        const [input = ''] = node.inputs;
        found.push([output, this.#quantizedTwin(input, node)]);
        this.#endWay(node, output);
      } else if (this.#plan.absorbed.has(output)) this.#endWay(node, output);
      else if (subgraphsOf(node).length === 0 && node.inputs.some((name) => this.#twins.has(name)))
        this.#addTwin(node);
    }
    return found;
  }

  /** The float value, quantized, begins the way of a new twin. */
  #endWay(node: Node, output: string): void {
    if (this.#values.get(output)?.readers === 'all')
      this.#twins.set(output, this.#addPair(output, output, node));
  }

  #addTwin(node: Node): void {
    const outputs = node.outputs.map((name) =>
      name === '' ? '' : this.#graph.freshName(`${name}_twin`),
    );
    const twin: Node = {
      ...node,
      name: '',
      inputs: node.inputs.map((name) => this.#twins.get(name) ?? name),
      outputs,
    };
    this.#graph.insertAfter(node, twin);
    for (const [index, name] of node.outputs.entries()) {
      const made = outputs[index] ?? '';
      const isInteger = this.#values.get(name)?.readers === 'all';
      if (name !== '') this.#twins.set(name, isInteger ? this.#addPair(name, made, twin) : made);
    }
  }

  /** What the node at hand would read: the value's twin, quantized unless it comes out of integers. */
  #quantizedTwin(name: string, reader: Node): string {
    const twin = this.#twins.get(name) ?? name;
    if (this.#values.get(name)?.readers !== 'some') return twin;
    const known = this.#quantized.get(name);
    if (known !== undefined) return known;
    const pair = this.#addPair(name, twin, undefined, reader);
    this.#quantized.set(name, pair);
    return pair;
  }

  #addPair(name: string, source: string, after: Node | undefined, before?: Node): string {
    const value = this.#values.get(name);
    if (!value) return source;
    const { type } = this.#plan;
    const scale = this.#graph.addInitializer(
      float32Tensor(this.#graph.freshName('twin_scale'), [], [value.scale]),
    );
    const zero = this.#graph.addInitializer(
      rawTensor(
        this.#graph.freshName('twin_zero'),
        type,
        [],
        Uint8Array.of(value.zeroPoint & 0xff),
      ),
    );
    const quantized = this.#graph.freshName('twin');
    const output = this.#graph.freshName('twin');
    const nodes = [
      makeNode('QuantizeLinear', [source, scale, zero], quantized),
      makeNode('DequantizeLinear', [quantized, scale, zero], output),
    ];
    if (after) this.#graph.insertAfter(after, ...nodes);
    else this.#graph.insertBefore(before ?? null, ...nodes);
    return output;
  }
}
