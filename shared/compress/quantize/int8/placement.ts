/**
 * Where values become integers in one graph, so that onnxruntime fuses what lies between.
 *
 * Quantized are: the inputs of weighted nodes; outputs of Conv (its integer kernel gives integers
 * alone); outputs of MatMul and Gemm that another quantized op reads (else they stay real, which is more
 * exact and spares a pass); and what lies between two quantized values in ops that can pass integers on.
 */
import type { GraphEditor } from '../../../onnx/graph-editor.ts';
import type { Node } from '../../../onnx/model.ts';
import type { Int8Policy } from './int8-policy.ts';
import { clampOf, type ElementwiseGroup, groupOf, passesThrough } from './node-groups.ts';
import type { WeightedNode } from './weighted-nodes.ts';

/** A value that becomes integers. */
export interface Site {
  readonly name: string;
  /**
   * `all`: the producer is quantized, so every reader gets the dequantized value. `some`: a float value;
   * quantized readers get the dequantized one, others the value itself.
   */
  readonly readers: 'all' | 'some';
  /** The value whose scale this one has: the data input of an op that passes integers on. */
  readonly sharesWith?: string;
}

export interface Placement {
  /** In order of the graph. */
  readonly sites: readonly Site[];
  /** Quantized nodes besides the weighted ones, by first output. */
  readonly integerOps: readonly string[];
  /** Relu and Clip that saturation takes the place of, by output. */
  readonly absorbed: readonly string[];
}

export interface PlacementOptions {
  readonly policy: Int8Policy;
  readonly opset: number;
  /** Groups that may work on integers. */
  readonly groups: ReadonlySet<ElementwiseGroup>;
}

/** Places Q and DQ around the given nodes of one graph. */
export function placeQdq(
  graph: GraphEditor,
  nodes: readonly WeightedNode[],
  options: PlacementOptions,
): Placement {
  return new Placer(graph, nodes, options).place();
}

class Placer {
  readonly #graph: GraphEditor;
  readonly #nodes: ReadonlyMap<Node, WeightedNode>;
  readonly #options: PlacementOptions;
  readonly #canBeInteger = new Map<string, boolean>();
  readonly #sites = new Map<string, Site>();
  readonly #integerOps = new Set<string>();
  readonly #absorbed = new Set<string>();

  constructor(graph: GraphEditor, nodes: readonly WeightedNode[], options: PlacementOptions) {
    this.#graph = graph;
    this.#nodes = new Map(nodes.map((weighted) => [weighted.node, weighted]));
    this.#options = options;
  }

  place(): Placement {
    const needed: string[] = [];
    for (const { node, op, input } of this.#nodes.values()) {
      needed.push(input);
      if (op === 'Conv' && this.#options.policy.quantizesOutputs)
        needed.push(this.#clampBehind(node) ?? node.outputs[0] ?? '');
    }
    for (let name = needed.pop(); name !== undefined; name = needed.pop()) {
      if (!this.#sites.has(name)) needed.push(...this.#addSite(name));
    }
    const order = [...this.#graph.nodes()].flatMap((node) => node.outputs);
    const position = new Map(order.map((name, index) => [name, index]));
    const sites = [...this.#sites.values()].sort(
      (a, b) =>
        (position.get(a.name) ?? -1) - (position.get(b.name) ?? -1) || (a.name < b.name ? -1 : 1),
    );
    return {
      sites,
      integerOps: [...this.#integerOps].sort(),
      absorbed: [...this.#absorbed].sort(),
    };
  }

  /** Makes the value a site and gives the values that must then be sites too. */
  #addSite(name: string): readonly string[] {
    const producer = this.#graph.producer(name);
    if (!producer || !this.#isInteger(name)) {
      this.#sites.set(name, { name, readers: 'some' });
      return [];
    }
    if (this.#nodes.has(producer)) {
      this.#sites.set(name, { name, readers: 'all' });
      return [];
    }
    const clamped = this.#clampedNode(producer);
    if (clamped) {
      this.#absorbed.add(name);
      this.#sites.set(name, { name, readers: 'all' });
      return this.#nodes.has(clamped) ? [] : this.#addIntegerOp(clamped);
    }
    const [data = ''] = producer.inputs;
    if (passesThrough(this.#graph, producer, this.#options.opset)) {
      this.#integerOps.add(producer.outputs[0] ?? '');
      this.#sites.set(name, { name, readers: 'all', sharesWith: data });
      return [data];
    }
    this.#sites.set(name, { name, readers: 'all' });
    return this.#addIntegerOp(producer);
  }

  /** Gives the values that it reads; constants are quantized where they lie. */
  #addIntegerOp(node: Node): readonly string[] {
    this.#integerOps.add(node.outputs[0] ?? '');
    return node.inputs.filter((input) => !this.#graph.constant(input));
  }

  /** Whether the value comes out of an integer kernel, if it is made a site. */
  #isInteger(name: string): boolean {
    const known = this.#canBeInteger.get(name);
    if (known !== undefined) return known;
    // Values that depend on themselves do not exist; this only ends the recursion on a broken graph.
    this.#canBeInteger.set(name, false);
    const producer = this.#graph.producer(name);
    const answer = producer !== undefined && this.#givesIntegers(producer);
    this.#canBeInteger.set(name, answer);
    return answer;
  }

  #givesIntegers(node: Node): boolean {
    const { policy, opset } = this.#options;
    if (!policy.quantizesOutputs) return false;
    if (this.#nodes.has(node) || this.#clampedNode(node)) return true;
    if (passesThrough(this.#graph, node, opset)) return this.#isInteger(node.inputs[0] ?? '');
    return this.#isElementwise(node);
  }

  /** Whether the node is of a chosen group and reads integers alone. */
  #isElementwise(node: Node): boolean {
    const group = groupOf(this.#graph, node);
    return (
      group !== undefined &&
      this.#options.groups.has(group) &&
      node.outputs.length === 1 &&
      node.inputs.every((input) => this.#graph.constant(input) || this.#isInteger(input))
    );
  }

  /** The clamp that alone reads a weighted node, and that saturation can replace: its output. */
  #clampBehind(node: Node): string | undefined {
    const output = node.outputs[0] ?? '';
    const reader = this.#graph.onlyConsumer(output);
    return reader && this.#clampedNode(reader) === node ? reader.outputs[0] : undefined;
  }

  /** The node with an integer kernel whose output alone this node clamps. */
  #clampedNode(clamp: Node): Node | undefined {
    const [input = ''] = clamp.inputs;
    if (this.#options.policy.activation.symmetric || !clampOf(this.#graph, clamp)) return undefined;
    const producer = this.#graph.producer(input);
    if (!producer || this.#graph.onlyConsumer(input) !== clamp) return undefined;
    return this.#nodes.has(producer) || this.#isElementwise(producer) ? producer : undefined;
  }
}
