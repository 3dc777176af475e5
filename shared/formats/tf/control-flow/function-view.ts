/** The nodes of one function, followed backwards: what a result is made of, before anything is converted. */
import { Value } from '../../build/value.ts';
import { parseReference, type TfFunction, type TfNode } from '../tf-graph.ts';

/** Ops that hand on their first input. */
const PASSING = new Set([
  'Identity',
  'ReadVariableOp',
  'StopGradient',
  'PreventGradient',
  'Snapshot',
]);

/** One output of a node. */
export interface Source {
  readonly node: TfNode;
  readonly output: number;
}

/** Answers questions about references into one function. */
export class FunctionView {
  readonly name: string;
  /** What the function returns, as references. */
  readonly results: readonly string[];
  readonly #nodes: ReadonlyMap<string, TfNode>;
  readonly #places: ReadonlyMap<string, number>;

  constructor(target: TfFunction) {
    this.name = target.name;
    this.results = target.results;
    this.#nodes = new Map(target.nodes.map((node) => [node.name, node]));
    this.#places = new Map(target.parameters.map((name, place) => [name, place]));
  }

  /** How many parameters it has. */
  get parameterCount(): number {
    return this.#places.size;
  }

  /** Where a value comes from, ops that change nothing left out; `undefined` for a broken reference. */
  source(reference: string | undefined): Source | undefined {
    const seen = new Set<string>();
    for (let next = reference; next !== undefined && !seen.has(next); ) {
      seen.add(next);
      const { node: name, output } = parseReference(next);
      const node = this.#nodes.get(name);
      if (!node) return undefined;
      if (!PASSING.has(node.op) || output !== 0) return { node, output };
      next = node.inputs[0];
    }
    return undefined;
  }

  /** The place of the parameter that the value is. */
  parameter(reference: string | undefined): number | undefined {
    const source = this.source(reference);
    return source && this.#places.get(source.node.name);
  }

  /** The node that makes the value as its first output, when it is of one of the ops. */
  made(reference: string | undefined, ...ops: readonly string[]): TfNode | undefined {
    const source = this.source(reference);
    return source?.output === 0 && ops.includes(source.node.op) ? source.node : undefined;
  }

  /** Whether both references are one value. */
  same(a: string | undefined, b: string | undefined): boolean {
    const [left, right] = [this.source(a), this.source(b)];
    return left !== undefined && left.node === right?.node && left.output === right.output;
  }

  /** The elements of a small constant. */
  numbers(reference: string | undefined): readonly number[] | undefined {
    const value = this.made(reference, 'Const')?.attributes.get('value');
    if (value?.kind !== 'tensor') return undefined;
    const tensor = value.value;
    return new Value(tensor.type, tensor.dims, { kind: 'constant', tensor }).numbers;
  }

  /** Whether the value is made of the given parameters alone. */
  isMadeOf(reference: string, places: ReadonlySet<number>): boolean {
    const seen = new Set<string>();
    const open = [reference];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { node: name } = parseReference(next);
      if (seen.has(name)) continue;
      seen.add(name);
      const node = this.#nodes.get(name);
      if (!node) return false;
      const place = this.#places.get(name);
      if (place !== undefined && !places.has(place)) return false;
      if (place === undefined) open.push(...node.inputs);
    }
    return true;
  }
}
