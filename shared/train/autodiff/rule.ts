/** What flows back through one node: a rule an op. */
import { DefectError } from '../../base/errors.ts';
import type { Node } from '../../onnx/model.ts';
import type { Shape } from '../emitter.ts';
import type { Backward } from './backward.ts';

/** A node whose outputs have gradients, and what the rule may ask. */
export interface RuleInput {
  readonly node: Node;
  /** Gradient of the loss by each output, of the output's shape; absent where nothing depends on it. */
  readonly gradients: readonly (string | undefined)[];
  readonly back: Backward;
  /** Whether the gradient of this input is wanted: what is not need not be made. */
  readonly needs: (input: number) => boolean;
  /** The values of a constant input, as integers; `undefined` when it is computed. */
  readonly constant: (input: number) => readonly number[] | undefined;
}

/** Gradients of the inputs, by position; `undefined` where there is none. @throws NoGradient */
export type GradientRule = (input: RuleInput) => readonly (string | undefined)[];

/** A form of an op that its rule does not cover. */
export class NoGradient extends Error {
  override readonly name = 'NoGradient';
}

/** The gradient of the first output, by which most rules go. */
export function gradientOf({ gradients, node }: RuleInput, output = 0): string {
  const gradient = gradients[output];
  if (gradient === undefined)
    throw new DefectError(`${node.opType} has no gradient at its output ${output}`);
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

/** `axis` counted from the front. */
export const fromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
