/** Parts of graphs: what lies between named tensors. */
import { InputError, UnsupportedError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { ElementType } from '../../onnx/element-type.ts';
import type { Shape } from '../build/dims.ts';
import { convertGraph } from './convert-graph.ts';
import { declaredShape, declaredType } from './declared-output.ts';
import { inlineCalls } from './inline-calls.ts';
import { namedSizes } from './named-sizes.ts';
import {
  parseReference,
  type TfGraph,
  type TfInputPort,
  type TfNode,
  type TfPort,
} from './tf-graph.ts';

/** Tensors (`node:0`), or names of the model's own inputs and outputs. */
export interface Cut {
  readonly inputs?: readonly string[] | undefined;
  readonly outputs?: readonly string[] | undefined;
}

/**
 * The graph between the tensors that are named. Functions that are called are written out for it, so that
 * tensors in them can be named as messages name them.
 * @throws InputError for a name that is not there, or an input that the outputs do not need
 */
export function cutGraph(graph: TfGraph, { inputs, outputs }: Cut, shown: string): TfGraph {
  if (!inputs && !outputs) return graph;
  const whole = graph.functions.size > 0 ? inlineCalls(graph) : graph;
  const finder = new Finder(whole, shown);
  const ends = outputs?.map((name) => finder.output(name)) ?? whole.outputs;
  const starts = inputs?.map((name) => finder.input(name)) ?? [];
  const needed = neededTensors(whole.nodes, ends, starts);
  for (const [index, { tensor }] of starts.entries())
    if (!needed.has(normalized(tensor)))
      throw new InputError(`the outputs of ${shown} do not need the tensor "${inputs?.[index]}"`, {
        hint: 'Name tensors that lie on the way to the outputs.',
      });
  const named = new Set(starts.map(({ tensor }) => normalized(tensor)));
  const others = whole.inputs.filter(
    ({ tensor }) => needed.has(normalized(tensor)) && !named.has(normalized(tensor)),
  );
  return { ...whole, inputs: [...starts, ...others], outputs: ends };
}

/** A reference with the number of the output in any case. */
function normalized(reference: string): string {
  const { node, output } = parseReference(reference);
  return `${node}:${output}`;
}

class Finder {
  readonly #graph: TfGraph;
  readonly #shown: string;
  readonly #nodes: ReadonlyMap<string, TfNode>;

  constructor(graph: TfGraph, shown: string) {
    this.#graph = graph;
    this.#shown = shown;
    this.#nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  }

  output(name: string): TfPort {
    const own = this.#graph.outputs.find((port) => isCalled(port, name));
    return own ?? { name: normalized(name), tensor: this.#tensor(name) };
  }

  input(name: string): TfInputPort {
    const own = this.#graph.inputs.find((port) => isCalled(port, name));
    if (own) return own;
    const tensor = this.#tensor(name);
    const { type, shape } = this.#describe(tensor);
    return {
      name: normalized(name),
      tensor,
      type,
      shape: namedSizes(shape, parseReference(name).node),
    };
  }

  #tensor(name: string): string {
    const { node } = parseReference(name);
    if (this.#nodes.has(node)) return name;
    if (
      [...this.#graph.functions.values()].some(({ nodes }) =>
        nodes.some((one) => one.name === node),
      )
    )
      throw new InputError(
        `the tensor "${name}" of ${this.#shown} lies inside of a loop, a branch or a function`,
        { hint: 'Cut behind the node that runs it.' },
      );
    const known = [
      ...this.#graph.inputs.map((port) => port.name),
      ...this.#graph.outputs.map((port) => port.name),
      ...this.#nodes.keys(),
    ];
    throw new InputError(`${this.#shown} has no tensor "${name}"${didYouMean(name, known)}`, {
      hint: 'Give names as "node:0", as they stand in messages, or those of the model\'s inputs and outputs.',
    });
  }

  /** By converting what is before the tensor, where that can be done; else by what the node says. */
  #describe(tensor: string): { readonly type: ElementType; readonly shape: Shape | null } {
    try {
      const port = { name: 'tensor', tensor };
      const before = convertGraph({ ...this.#graph, outputs: [port] }, { title: this.#shown });
      const type = before.model.graph.outputs[0]?.type;
      if (type?.kind === 'tensor') return { type: type.elementType, shape: type.shape };
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
    }
    const { node: name, output } = parseReference(tensor);
    const node = this.#nodes.get(name);
    const type = node && declaredType(node);
    if (!node || !type)
      throw new UnsupportedError(`the type of the tensor "${tensor}" is not in ${this.#shown}`, {
        hint: 'Cut behind it, at a node that says its type (T, dtype).',
      });
    return { type, shape: declaredShape(node, output) };
  }
}

const isCalled = (port: TfPort, name: string): boolean =>
  port.name === name || normalized(port.tensor) === normalized(name);

/** Tensors that the ends need, the starts among them but nothing before these. */
function neededTensors(
  nodes: readonly TfNode[],
  ends: readonly TfPort[],
  starts: readonly TfPort[],
): ReadonlySet<string> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const given = new Set(starts.map(({ tensor }) => normalized(tensor)));
  const needed = new Set<string>();
  const visited = new Set<TfNode>();
  const open = ends.map(({ tensor }) => normalized(tensor));
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    needed.add(tensor);
    const node = given.has(tensor) ? undefined : byName.get(parseReference(tensor).node);
    if (!node || visited.has(node)) continue;
    visited.add(node);
    open.push(...node.inputs.map(normalized));
  }
  return needed;
}
