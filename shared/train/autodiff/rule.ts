/** What flows back through one node: a rule an op. */
import type { ElementType } from '../../onnx/element-type.ts';
import type { Graph, Node } from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import type { TakenNames } from '../../onnx/taken-names.ts';
import type { Shape } from '../emitter.ts';
import type { Backward } from './backward.ts';

export interface DifferentiateOptions {
  /** A value of one element. */
  readonly loss: string;
  /** Float32 values whose gradients are wanted: initializers, inputs, anything between. */
  readonly by: readonly string[];
  /** Of every value of the graph that a gradient can flow through, see static-shapes.ts. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** Where names of new values come from: of the graph, unless more will be added to it. */
  readonly names?: TakenNames;
}

export interface Gradients {
  /** The graph's own nodes, some with more outputs, and behind them those that make gradients. */
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, StoredTensor>;
  /** Names of the gradients, by the names in `by`; those that the loss does not depend on are left out. */
  readonly gradients: ReadonlyMap<string, string>;
  /** What the loss depends on through ops that have no rule: it is left out too, in the order of `by`. */
  readonly blocked: readonly string[];
  /** Those ops, as a sentence names them; none where nothing is blocked. */
  readonly inTheWay: readonly string[];
}

/** Differentiates a body, which sees the values around it. @throws UnsupportedError */
export type Nested = (body: Graph, options: Omit<DifferentiateOptions, 'names'>) => Gradients;

/** A node whose outputs have gradients, and what the rule may ask. */
export interface RuleInput {
  readonly node: Node;
  /** Of ai.onnx. */
  readonly opset: number;
  /** Gradient of the loss by each output, of the output's shape; absent where nothing depends on it. */
  readonly gradients: readonly (string | undefined)[];
  readonly back: Backward;
  /** Whether the gradient of this operand, see operands.ts, is wanted: what is not need not be made. */
  readonly needs: (operand: number) => boolean;
  /** The values of a constant input of integers or float32; `undefined` when it is computed or absent. */
  readonly constant: (input: number) => readonly number[] | undefined;
  /** The element type of a constant input. */
  readonly constantType: (input: number) => ElementType | undefined;
  readonly nested: Nested;
}

/** Gradients of the operands, by position; `undefined` where there is none. @throws NoGradient */
export type GradientRule = (input: RuleInput) => readonly (string | undefined)[];

/** A form of an op that its rule does not cover. */
export class NoGradient extends Error {
  override readonly name = 'NoGradient';
}

/** The gradient of the first output, for rules that know of no other. */
export function gradientOf({ gradients, node }: RuleInput): string {
  const other = gradients.findIndex((gradient, output) => output > 0 && gradient !== undefined);
  if (other > 0) throw new NoGradient(`${node.opType} by its output ${other}`);
  const [gradient] = gradients;
  if (gradient === undefined) throw new NoGradient(`${node.opType} without outputs`);
  return gradient;
}

/** Name of an input that must be there. */
export function inputOf({ node }: Pick<RuleInput, 'node'>, input: number): string {
  const name = node.inputs[input];
  if (name === undefined || name === '')
    throw new NoGradient(`${node.opType} without its input ${input}`);
  return name;
}

/** Shape of an input that must be there. */
export const shapeOfInput = (input: RuleInput, position: number): Shape =>
  input.back.shapeOf(inputOf(input, position));

/** Of an op that is linear in its first input, whose transpose is the op itself with other attributes. */
export const transposedBy = (input: RuleInput, attributes: Record<string, number>): string[] => {
  const { back, node } = input;
  const inputs = [gradientOf(input), inputOf(input, 1)];
  return [back.emit(node.opType, inputs, shapeOfInput(input, 0), { attributes })];
};

/** `axis` counted from the front. */
export const fromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
