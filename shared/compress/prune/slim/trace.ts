/** What is known of channels while the nodes of a graph are gone through in order. */

import { ELEMENT_TYPES } from '../../../onnx/element-type.ts';
import { GraphEditor } from '../../../onnx/graph-editor.ts';
import type { Model, Node } from '../../../onnx/model.ts';
import { readNames } from '../../../onnx/rewrite-node.ts';
import type { StoredTensor } from '../../../onnx/stored-tensor.ts';
import { GraphContext, type KnownTypes } from '../../../rewrite/graph-context.ts';
import { Channels, type Labels } from './channels.ts';
import type { Cut } from './cut.ts';

/** Labels by axis; `undefined` for an axis of which no position can go. */
export type Axes = readonly (Labels | undefined)[];

/** An axis that weights make: its channels are what can be removed. */
export interface Origin {
  readonly name: string;
  readonly node: Node;
  readonly labels: Labels;
}

/** A sum over channels: a channel that is zero there is a channel that is not there. */
export interface Contraction {
  readonly node: Node;
  /** The input that holds the channels along `axis`. */
  readonly input: number;
  readonly axis: number;
  readonly labels: Labels;
  /** The constant that they are multiplied with, and its axis; absent: what is computed. */
  readonly weight?: { readonly name: string; readonly axis: number };
}

/** How a node changes where channels go: everything but the slices of constants. */
export interface NodeChange {
  readonly node: Node;
  readonly change: (cut: Cut) => Partial<Node>;
}

/** See the head of the file. */
export class Trace {
  readonly channels = new Channels();
  readonly context: GraphContext;
  readonly origins: Origin[] = [];
  readonly contractions: Contraction[] = [];
  readonly changes: NodeChange[] = [];
  /** Nodes with bodies that hold weights. */
  readonly bodies: Node[] = [];
  readonly #constants = new Map<string, Axes>();
  readonly #values = new Map<string, Axes>();

  constructor(model: Model, types: KnownTypes) {
    this.context = new GraphContext({
      editor: new GraphEditor(model.graph, { irVersion: model.irVersion }),
      original: model.graph,
      opsets: model.opsets,
      types,
      refuse: () => {},
    });
  }

  /** Constants that were met, with what goes along which axis. */
  get constants(): ReadonlyMap<string, Axes> {
    return this.#constants;
  }

  /** Values of nodes that have channels. */
  get values(): ReadonlyMap<string, Axes> {
    return this.#values;
  }

  /** Labels of a value by axis; `undefined` when not even its rank is known. */
  axesOf(name: string): Axes | undefined {
    const known = this.#values.get(name) ?? this.#constants.get(name);
    if (known) return known;
    const tensor = this.context.constant(name);
    if (tensor) {
      const axes = this.#ofConstant(tensor);
      this.#constants.set(name, axes);
      return axes;
    }
    return this.context.shapeOf(name)?.map(noLabels);
  }

  /** The size of an axis, when it is known. */
  sizeOf(name: string, axis: number): number | undefined {
    const size = this.context.shapeOf(name)?.[axis];
    return typeof size === 'number' ? size : undefined;
  }

  /** What a node gives. */
  give(output: string | undefined, axes: Axes | undefined): void {
    if (output && axes?.some((labels) => labels)) this.#values.set(output, axes);
  }

  /**
   * Makes positions of axes one, and gives the labels that stand for them. Where one has none, those of the
   * others cannot go.
   */
  join(all: readonly (Labels | undefined)[], reason: string): Labels | undefined {
    const [first, ...others] = all.filter((labels) => labels !== undefined);
    if (!first) return undefined;
    const isWhole = others.length + 1 === all.length && others.every(isAsLong(first));
    for (const labels of isWhole ? others : []) this.channels.joinAll(first, labels);
    if (!isWhole) for (const labels of [first, ...others]) this.channels.keepAll(labels, reason);
    return first;
  }

  /** No position of the axis can go. */
  keep(labels: Labels | undefined, reason: string): void {
    if (labels) this.channels.keepAll(labels, reason);
  }

  /** No position of any axis of the value can go. */
  freeze(name: string, reason: string): void {
    const tensor = this.#constants.has(name) ? undefined : this.context.constant(name);
    if (tensor) this.#constants.set(name, tensor.dims.map(noLabels));
    for (const labels of this.axesOf(name) ?? []) this.keep(labels, reason);
  }

  /** Nothing that the node reads can go, bodies included. */
  freezeInputs(node: Node, reason: string): void {
    for (const name of readNames(node)) if (name !== '') this.freeze(name, reason);
  }

  /** Says that weights make the channels of an axis of the node's output. */
  makes(node: Node, labels: Labels | undefined): void {
    if (!labels) return;
    const [output = ''] = node.outputs;
    // A product of two constants makes both of its axes.
    const others = this.origins.filter((origin) => origin.node === node).length;
    const name = others === 0 ? output : `${output} (${others + 1})`;
    this.origins.push({ name, node, labels });
  }

  #ofConstant(tensor: StoredTensor): Axes {
    const { bits } = ELEMENT_TYPES[tensor.type];
    // Elements that share a byte, and strings, are not cut.
    if (bits < 8) return tensor.dims.map(noLabels);
    return tensor.dims.map((size) => (size > 1 ? this.channels.fresh(size) : undefined));
  }
}

const noLabels = (): undefined => undefined;

const isAsLong =
  (first: Labels) =>
  ({ length }: Labels): boolean =>
    length === first.length;

/** A node, for reasons. */
export const labelOf = ({ opType, name, outputs }: Node): string =>
  `${opType} '${name || (outputs[0] ?? '')}'`;
