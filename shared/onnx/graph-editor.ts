/**
 * The only way to change a graph: keeps producers, uses (also those inside subgraphs) and fresh
 * names right while nodes come and go, and counts what changed.
 *
 * Cost: O(1) an edit plus the length of the node; `build` is linear.
 */
import { DefectError } from '../base/errors.ts';
import { capturedNames, subgraphsOf } from './graph-walk.ts';
import type { Attribute, Graph, Node, ValueInfo } from './model.ts';
import { NodeList } from './node-list.ts';
import { readNames, renameInputs, withSubgraph } from './rewrite-node.ts';
import type { StoredTensor } from './stored-tensor.ts';
import { TakenNames } from './taken-names.ts';

/** One place where a value is read. `index` is the input's position, or `null` inside a subgraph of `node`. */
export interface Use {
  readonly node: Node;
  readonly index: number | null;
}

/** How often each kind of edit was made; a pass report is the difference of two. */
export interface ChangeCounts {
  readonly nodesAdded: number;
  readonly nodesRemoved: number;
  readonly usesReplaced: number;
  readonly initializersAdded: number;
  readonly initializersRemoved: number;
  readonly interfaceChanges: number;
}

/** What a name stands for, and the editor of the graph that defines it. */
export type Definition =
  | {
      readonly kind: 'initializer';
      readonly tensor: StoredTensor;
      readonly overridable: boolean;
      readonly scope: GraphEditor;
    }
  | { readonly kind: 'input'; readonly info: ValueInfo; readonly scope: GraphEditor }
  | {
      readonly kind: 'node';
      readonly node: Node;
      readonly output: number;
      readonly scope: GraphEditor;
    };

/** One graph under edit: see the head of the file. Made for the main graph, or by {@link GraphEditor.editSubgraphs}. */
export class GraphEditor {
  /** The editor of the graph around this one, for a subgraph. */
  readonly parent: GraphEditor | undefined;
  readonly irVersion: number;
  readonly #original: Graph;
  readonly #nodes: NodeList;
  readonly #initializers: Map<string, StoredTensor>;
  readonly #valueInfo: Map<string, ValueInfo>;
  #inputs: readonly ValueInfo[];
  #outputs: readonly ValueInfo[];
  #outputNames: ReadonlySet<string>;
  readonly #producers = new Map<string, Node>();
  readonly #uses = new Map<string, Set<Node>>();
  readonly #names: TakenNames;
  readonly #counts = {
    nodesAdded: 0,
    nodesRemoved: 0,
    usesReplaced: 0,
    initializersAdded: 0,
    initializersRemoved: 0,
    interfaceChanges: 0,
  };

  constructor(
    graph: Graph,
    context: { readonly irVersion: number; readonly parent?: GraphEditor },
  ) {
    this.#original = graph;
    this.parent = context.parent;
    this.irVersion = context.irVersion;
    this.#nodes = new NodeList(graph.nodes);
    this.#initializers = new Map(graph.initializers);
    this.#valueInfo = new Map(graph.valueInfo);
    this.#inputs = graph.inputs;
    this.#outputs = graph.outputs;
    this.#outputNames = new Set(graph.outputs.map((output) => output.name));
    this.#names = context.parent ? context.parent.#names : new TakenNames(graph);
    for (const node of graph.nodes) this.#index(node);
  }

  get changed(): boolean {
    return Object.values(this.#counts).some((count) => count > 0);
  }

  get changes(): ChangeCounts {
    return { ...this.#counts };
  }

  get inputs(): readonly ValueInfo[] {
    return this.#inputs;
  }

  get outputs(): readonly ValueInfo[] {
    return this.#outputs;
  }

  get initializers(): ReadonlyMap<string, StoredTensor> {
    return this.#initializers;
  }

  get valueInfo(): ReadonlyMap<string, ValueInfo> {
    return this.#valueInfo;
  }

  /** In order. Safe under edits: removed nodes are skipped, nodes inserted behind the current one are visited. */
  nodes(): IterableIterator<Node> {
    return this.#nodes.values();
  }

  get nodeCount(): number {
    return this.#nodes.size;
  }

  has(node: Node): boolean {
    return this.#nodes.has(node);
  }

  /** The node of this graph (not of an outer one) that computes the value. */
  producer(value: string): Node | undefined {
    return this.#producers.get(value);
  }

  isOutput(value: string): boolean {
    return this.#outputNames.has(value);
  }

  isInput(value: string): boolean {
    return this.#inputs.some((input) => input.name === value);
  }

  /** Every reading place in this graph and in the subgraphs below; graph outputs are not among them. */
  uses(value: string): readonly Use[] {
    const uses: Use[] = [];
    for (const node of this.#uses.get(value) ?? []) {
      node.inputs.forEach((input, index) => {
        if (input === value) uses.push({ node, index });
      });
      if (subgraphsOf(node).some(({ graph }) => capturedNames(graph).has(value))) {
        uses.push({ node, index: null });
      }
    }
    return uses;
  }

  /** The nodes of this graph that read the value, each once. */
  consumers(value: string): readonly Node[] {
    return [...(this.#uses.get(value) ?? [])];
  }

  isUsed(value: string): boolean {
    if (value === '') return false;
    return this.#outputNames.has(value) || (this.#uses.get(value)?.size ?? 0) > 0;
  }

  /** The one consumer of a value that nothing else reads and that is no graph output. */
  onlyConsumer(value: string): Node | undefined {
    const uses = this.uses(value);
    return uses.length === 1 && !this.isOutput(value) ? uses[0]?.node : undefined;
  }

  /** What the name stands for here, outer graphs included. */
  resolve(value: string): Definition | undefined {
    const node = this.#producers.get(value);
    if (node) return { kind: 'node', node, output: node.outputs.indexOf(value), scope: this };
    const tensor = this.#initializers.get(value);
    const info = this.#inputs.find((input) => input.name === value);
    if (tensor) {
      // Before IR 4 every initializer had to be listed as an input, and none could be overridden.
      const overridable = info !== undefined && this.irVersion >= 4;
      return { kind: 'initializer', tensor, overridable, scope: this };
    }
    if (info) return { kind: 'input', info, scope: this };
    return this.parent?.resolve(value);
  }

  /** The tensor of a value that no caller can change: an initializer or a Constant node's `value`. */
  constant(value: string): StoredTensor | undefined {
    const node = this.#producers.get(value);
    if (!node) {
      const tensor = this.#initializers.get(value);
      const isInput = this.isInput(value);
      // Overridable, as `resolve` says.
      if (tensor) return isInput && this.irVersion >= 4 ? undefined : tensor;
      return isInput ? undefined : this.parent?.constant(value);
    }
    if (node.opType !== 'Constant' || node.domain !== '') return undefined;
    const attribute = node.attributes.get('value');
    return attribute?.type === 'tensor' ? attribute.value : undefined;
  }

  /** A name that nothing in the model has, starting with `hint`. It is taken at once. */
  freshName(hint: string): string {
    return this.#names.fresh(hint);
  }

  /** Puts nodes before `anchor`, or at the end when it is `null`. */
  insertBefore(anchor: Node | null, ...nodes: readonly Node[]): void {
    for (const node of nodes) {
      this.#nodes.insertBefore(anchor, node);
      this.#index(node);
      this.#counts.nodesAdded++;
    }
  }

  insertAfter(anchor: Node, ...nodes: readonly Node[]): void {
    for (const node of nodes.toReversed()) {
      this.#nodes.insertAfter(anchor, node);
      this.#index(node);
      this.#counts.nodesAdded++;
    }
  }

  /** Takes a node out; twice is harmless. Its outputs must be unused by then, or be defined anew before `build`. */
  remove(node: Node): void {
    if (!this.#nodes.has(node)) return;
    this.#nodes.remove(node);
    this.#unindex(node);
    this.#counts.nodesRemoved++;
  }

  /** Puts `replacements` where `node` was; they may define the same outputs. */
  replace(node: Node, ...replacements: readonly Node[]): void {
    const next = this.#nodes.after(node);
    this.remove(node);
    this.insertBefore(next, ...replacements);
  }

  /** A changed copy of the node in its place; gives the copy. */
  update(node: Node, changes: Partial<Node>): Node {
    const updated = { ...node, ...changes };
    this.replace(node, updated);
    return updated;
  }

  /** A copy of the node with one attribute set, or removed when `undefined`. */
  setAttribute(node: Node, name: string, attribute: Attribute | undefined): Node {
    const attributes = new Map(node.attributes);
    if (attribute) attributes.set(name, attribute);
    else attributes.delete(name);
    return this.update(node, { attributes });
  }

  /** Makes every node (subgraphs included) that reads `from` read `to`. Graph outputs keep reading `from`. */
  replaceUses(from: string, to: string): void {
    if (from === to) return;
    for (const node of this.consumers(from)) {
      this.#swap(node, renameInputs(node, from, to));
      this.#counts.usesReplaced++;
    }
  }

  /**
   * Makes everything that saw `from`, graph outputs included, see `to`, and takes out the producer
   * of `from` when none of its outputs is used any more. A graph output keeps its name: the producer
   * of `to` is made to give `from` instead. Returns `false`, with nothing changed, when that cannot
   * be (`to` is an input, an initializer, an outer value or an output itself).
   */
  replaceValue(from: string, to: string): boolean {
    const old = this.#producers.get(from);
    if (!this.isOutput(from)) {
      this.replaceUses(from, to);
      if (old && !old.outputs.some((output) => this.isUsed(output))) this.remove(old);
      return true;
    }
    const producer = this.#producers.get(to);
    if (!producer || this.isOutput(to) || !old) return false;
    if (old.outputs.some((output) => output !== from && this.isUsed(output))) return false;
    this.remove(old);
    this.#swap(producer, {
      ...producer,
      outputs: producer.outputs.map((name) => (name === to ? from : name)),
    });
    this.#valueInfo.delete(to);
    this.replaceUses(to, from);
    this.#counts.usesReplaced++;
    return true;
  }

  /** Adds a tensor under its own name, which must be new (see {@link freshName}). Gives the name. */
  addInitializer(tensor: StoredTensor): string {
    if (this.#initializers.has(tensor.name))
      throw new DefectError(`initializer '${tensor.name}' exists`);
    this.#initializers.set(tensor.name, tensor);
    this.#names.add(tensor.name);
    this.#counts.initializersAdded++;
    return tensor.name;
  }

  /** Replaces an initializer of this graph, keeping its name and place. */
  setInitializer(name: string, tensor: StoredTensor): void {
    if (!this.#initializers.has(name))
      throw new DefectError(`initializer '${name}' does not exist`);
    this.#initializers.set(name, tensor.name === name ? tensor : { ...tensor, name });
    this.#counts.initializersRemoved++;
    this.#counts.initializersAdded++;
  }

  removeInitializer(name: string): void {
    if (this.#initializers.delete(name)) this.#counts.initializersRemoved++;
  }

  setInputs(inputs: readonly ValueInfo[]): void {
    this.#inputs = inputs;
    for (const input of inputs) this.#names.add(input.name);
    this.#counts.interfaceChanges++;
  }

  setOutputs(outputs: readonly ValueInfo[]): void {
    this.#outputs = outputs;
    this.#outputNames = new Set(outputs.map((output) => output.name));
    this.#counts.interfaceChanges++;
  }

  /** Declares the type of an inner value. Not counted as a change: it alters no computation. */
  declare(info: ValueInfo): void {
    this.#valueInfo.set(info.name, info);
  }

  /**
   * Edits each subgraph of `node` through an editor whose parent is this one; changed bodies go back
   * into a new node in its place. Gives the node that now stands there.
   */
  editSubgraphs(node: Node, edit: (body: GraphEditor) => void): Node {
    let current = node;
    for (const { attribute, index, graph } of subgraphsOf(node)) {
      const body = new GraphEditor(graph, { irVersion: this.irVersion, parent: this });
      edit(body);
      if (!body.changed) continue;
      const next = withSubgraph(current, attribute, index, body.build());
      this.#swap(current, next);
      for (const key of Object.keys(this.#counts) as (keyof ChangeCounts)[])
        this.#counts[key] += body.#counts[key];
      current = next;
    }
    return current;
  }

  /** Declared types of values that are no more are dropped; an unchanged graph is given back as it was. */
  build(): Graph {
    if (!this.changed && this.#valueInfo.size === this.#original.valueInfo.size)
      return this.#original;
    const valueInfo = new Map([...this.#valueInfo].filter(([name]) => this.#producers.has(name)));
    return {
      ...this.#original,
      nodes: [...this.#nodes.values()],
      initializers: this.#initializers,
      inputs: this.#inputs,
      outputs: this.#outputs,
      valueInfo,
    };
  }

  #swap(node: Node, replacement: Node): void {
    this.#unindex(node);
    this.#nodes.swap(node, replacement);
    this.#index(replacement);
  }

  #index(node: Node): void {
    for (const output of node.outputs) {
      if (output === '') continue;
      this.#producers.set(output, node);
      this.#names.add(output);
    }
    for (const name of readNames(node)) {
      const users = this.#uses.get(name);
      if (users) users.add(node);
      else this.#uses.set(name, new Set([node]));
    }
  }

  #unindex(node: Node): void {
    for (const output of node.outputs) {
      if (this.#producers.get(output) === node) this.#producers.delete(output);
    }
    for (const name of readNames(node)) this.#uses.get(name)?.delete(node);
  }
}
