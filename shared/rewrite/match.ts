/** Finds the places where a pattern fits, by search with backtracking over the order of inputs. */
import { DefectError } from '../base/errors.ts';
import type { GraphEditor } from '../onnx/graph-editor.ts';
import type { Node } from '../onnx/model.ts';
import type { StoredTensor } from '../onnx/stored-tensor.ts';
import { elementCount } from '../onnx/tensor-data.ts';
import { hasTrait } from '../ops/traits.ts';
import { scalarValue } from './constants.ts';
import type { ConstantPattern, NodePattern, Pattern } from './pattern.ts';

/** One place: what the names of the pattern stand for there. */
export class Match {
  readonly root: Node;
  readonly #bindings: Bindings;

  constructor(root: Node, bindings: Bindings) {
    this.root = root;
    this.#bindings = bindings;
  }

  /** The value that `any`, `constant` or `number` matched. */
  value(name: string): string {
    return found(this.#bindings.values.get(name), name);
  }

  constant(name: string): StoredTensor {
    return found(this.#bindings.constants.get(name), name);
  }

  node(name: string): Node {
    return found(this.#bindings.named.get(name), name);
  }

  /** Every node that the pattern covers, the root first. */
  get nodes(): readonly Node[] {
    return this.#bindings.nodes;
  }

  /** Values that named parts of the pattern stand for. */
  get values(): Iterable<string> {
    return this.#bindings.values.values();
  }
}

interface Bindings {
  readonly values: ReadonlyMap<string, string>;
  readonly constants: ReadonlyMap<string, StoredTensor>;
  readonly named: ReadonlyMap<string, Node>;
  readonly nodes: readonly Node[];
}

const EMPTY: Bindings = { values: new Map(), constants: new Map(), named: new Map(), nodes: [] };

/** All ways in which the pattern fits with `root` as its last node. */
export function* matchesOf(
  pattern: NodePattern,
  root: Node,
  editor: GraphEditor,
): IterableIterator<Match> {
  if (!couldFit(pattern, root, editor)) return;
  for (const bindings of matchNode(pattern, root, editor, EMPTY)) yield new Match(root, bindings);
}

/** Whether operators and constants are where the pattern has some: no at most nodes, and told without a search. */
function couldFit(pattern: NodePattern, node: Node, editor: GraphEditor): boolean {
  const { ops, inputs } = pattern;
  if (!isOneOf(node, ops) || node.inputs.length < inputs.length) return false;
  if (inputs.every((input, index) => valueCouldFit(input, node.inputs[index], editor))) return true;
  if (inputs.length !== 2 || !hasTrait(node, 'commutative')) return false;
  return inputs.every((input, index) => valueCouldFit(input, node.inputs[1 - index], editor));
}

function valueCouldFit(pattern: Pattern, value = '', editor: GraphEditor): boolean {
  if (pattern.kind === 'any') return value !== '';
  if (pattern.kind === 'constant') return editor.constant(value) !== undefined;
  const producer = editor.producer(value);
  return producer?.outputs[0] === value && couldFit(pattern, producer, editor);
}

/** Whether an operator is among those of a pattern. */
export function isOneOf(node: Node, ops: readonly string[]): boolean {
  return ops.includes(opName(node));
}

/** `Op` for ai.onnx, else `domain:Op`. */
export function opName(node: Node): string {
  return node.domain === '' ? node.opType : `${node.domain}:${node.opType}`;
}

function* matchNode(
  pattern: NodePattern,
  node: Node,
  editor: GraphEditor,
  before: Bindings,
): IterableIterator<Bindings> {
  if (!isOneOf(node, pattern.ops) || node.inputs.length < pattern.inputs.length) return;
  const bindings: Bindings = {
    ...before,
    nodes: [...before.nodes, node],
    named: pattern.as === undefined ? before.named : new Map(before.named).set(pattern.as, node),
  };
  yield* matchInputs(pattern.inputs, node.inputs, editor, bindings);
  if (pattern.inputs.length === 2 && hasTrait(node, 'commutative')) {
    const [first = '', second = ''] = node.inputs;
    yield* matchInputs(pattern.inputs, [second, first], editor, bindings);
  }
}

function* matchInputs(
  patterns: readonly Pattern[],
  inputs: readonly string[],
  editor: GraphEditor,
  before: Bindings,
): IterableIterator<Bindings> {
  const [pattern, ...others] = patterns;
  const [input = '', ...rest] = inputs;
  if (!pattern) {
    yield before;
    return;
  }
  for (const bindings of matchValue(pattern, input, editor, before))
    yield* matchInputs(others, rest, editor, bindings);
}

function* matchValue(
  pattern: Pattern,
  value: string,
  editor: GraphEditor,
  before: Bindings,
): IterableIterator<Bindings> {
  if (value === '') return;
  switch (pattern.kind) {
    case 'any': {
      const known = before.values.get(pattern.as);
      if (known === value) yield before;
      else if (known === undefined)
        yield { ...before, values: new Map(before.values).set(pattern.as, value) };
      return;
    }
    case 'constant':
      yield* matchConstant(pattern, value, editor, before);
      return;
    case 'node': {
      const producer = editor.producer(value);
      if (producer && producer.outputs[0] === value)
        yield* matchNode(pattern, producer, editor, before);
    }
  }
}

function* matchConstant(
  { as, equals }: ConstantPattern,
  value: string,
  editor: GraphEditor,
  before: Bindings,
): IterableIterator<Bindings> {
  const tensor = editor.constant(value);
  if (!tensor) return;
  if (equals !== undefined && !isNumber(tensor, equals)) return;
  if (as === undefined) yield before;
  else if ((before.values.get(as) ?? value) === value) {
    yield {
      ...before,
      values: new Map(before.values).set(as, value),
      constants: new Map(before.constants).set(as, tensor),
    };
  }
}

/** Constants such as √2 are written with six digits or more; float16 has three. */
const RELATIVE: Readonly<Record<string, number>> = { float16: 1e-3, bfloat16: 8e-3 };

function isNumber(tensor: StoredTensor, wanted: number): boolean {
  if (elementCount(tensor) !== 1) return false;
  const value = scalarValue(tensor);
  if (value === undefined) return false;
  return Math.abs(value - wanted) <= Math.abs(wanted) * (RELATIVE[tensor.type] ?? 1e-6);
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new DefectError(`the pattern has no part named '${name}'`);
  return value;
}
