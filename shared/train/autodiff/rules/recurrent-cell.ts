/**
 * What cells of LSTM, GRU and RNN have in common. They are differentiated forwards in time, one direction each: the
 * states are in the outputs, so that all gates are made anew at once by two products; a Scan goes back over the steps
 * with what each gate's slope makes of it.
 */
import type { Shape } from '../../emitter.ts';
import type { Backward } from '../backward.ts';
import { minus } from './arithmetic.ts';
import type { Activation } from './recurrent-activation.ts';

export interface CellInput {
  readonly back: Backward;
  readonly activations: readonly Activation[];
  /** [T, N, gates · H]: X Wᵀ + Wb. */
  readonly fromInput: string;
  /** [T, N, H]: the state before each step. */
  readonly before: string;
  /** [gates · H, H] */
  readonly recurrent: string;
  /** [gates · H] */
  readonly recurrentBias: string;
  /** [3 · H]: of an LSTM that has them, for i, o and f. */
  readonly peepholes: string | undefined;
  /** [N, H]: of an LSTM, the carry before the first step. */
  readonly carry: string;
  /** Gradients: [T, N, H] of the outputs, if they have one, and [N, H] of the last state and carry. */
  readonly ofOutputs: string | undefined;
  readonly ofState: string;
  readonly ofCarry: string;
  /** [T, N, 1]: 1 for a step that a sample has, else 0; absent when all have all. */
  readonly mask: string | undefined;
}

export interface CellGradients {
  /** [T, N, gates · H]: by `fromInput`. */
  readonly ofInput: string;
  /** [T, N, gates · H]: by what the recurrent matrix gives for each gate. */
  readonly ofRecurrent: string;
  /** Rows of the recurrent matrix from here on are multiplied by another state than `before`. */
  readonly other?: { readonly gate: number; readonly state: string };
  /** [N, H] */
  readonly ofInitialState: string;
  readonly ofInitialCarry?: string;
  /** [3 · H] */
  readonly ofPeepholes?: string;
}

/** What flows back through all steps. */
export type Cell = (input: CellInput) => CellGradients;

/** Of the states. */
export const shapes = ({
  back,
  before,
}: CellInput): [steps: number, batch: number, units: number] => {
  const [steps = 1, batch = 1, units = 1] = back.shapeOf(before);
  return [steps, batch, units];
};

/** Gates side by side, taken apart: each [T, N, H]. */
export function split(back: Backward, value: string, gates: number): string[] {
  const shape = back.shapeOf(value);
  const units = (shape.at(-1) ?? 0) / gates;
  const part: Shape = [...shape.slice(0, -1), units];
  const parts = Array.from({ length: gates }, () => part);
  const sizes = back.ints(parts.map(() => units));
  return back.emitAll('Split', [value, sizes], parts, { attributes: { axis: shape.length - 1 } });
}

/** Values side by side along the last axis. */
export function join(back: Backward, values: readonly string[]): string {
  const shape = back.shapeOf(values[0] ?? '');
  const wide = [...shape.slice(0, -1), (shape.at(-1) ?? 0) * values.length];
  return back.emit('Concat', values, wide, { attributes: { axis: shape.length - 1 } });
}

/** [N, a] × [a, b] */
export const product = (back: Backward, left: string, right: string): string => {
  const [rows = 1] = back.shapeOf(left);
  return back.emit('MatMul', [left, right], [rows, back.shapeOf(right)[1] ?? 1]);
};

/** [T, N, H] × [gates · H, H]ᵀ + [gates · H] */
export function byRecurrent(input: CellInput, state: string, matrix: string, bias: string): string {
  const { back } = input;
  const [steps, batch, units] = shapes(input);
  const [width = 1] = back.shapeOf(matrix);
  const flat = back.reshape(state, [steps * batch, units]);
  const made = back.emit('Gemm', [flat, matrix, bias], [steps * batch, width], {
    attributes: { transB: 1 },
  });
  return back.reshape(made, [steps, batch, width]);
}

/** What is not a step of a sample has no part: 0 there, or `beyond`. */
export function masked(input: CellInput, value: string, beyond = 0): string {
  const { back, mask } = input;
  if (mask === undefined) return value;
  const kept = back.emit('Mul', [value, mask], back.shapeOf(value));
  if (beyond === 0) return kept;
  return back.emit('Add', [kept, rest(input, mask)], back.shapeOf(value));
}

/** [T, N, 1]: 1 where a sample has no step. */
export const rest = ({ back }: CellInput, mask: string): string =>
  minus(back, back.scalar(1), mask);

/** The sequences that are there, by name, for a step's parts. */
export const present = (...names: (string | undefined)[]): string[] =>
  names.flatMap((name) => (name === undefined ? [] : [name]));

/** [1, N, H] in front of all steps but the last. */
export function shifted(back: Backward, first: string, values: string): string {
  const [steps = 1, ...one] = back.shapeOf(values);
  const head = back.reshape(first, [1, ...one]);
  if (steps === 1) return head;
  const places = [[0], [steps - 1], [0]].map((numbers) => back.ints(numbers));
  const others = back.emit('Slice', [values, ...places], [steps - 1, ...one]);
  return back.emit('Concat', [head, others], [steps, ...one], { attributes: { axis: 0 } });
}
