/** LSTM, GRU and RNN of ONNX from weights as TensorFlow holds them. */
import { floatsAttribute } from '../../onnx/make-node.ts';
import { bytesOf, computedTensor } from '../../onnx/make-tensor.ts';
import { floatValues } from '../../onnx/tensor-data.ts';
import type { Builder } from './builder.ts';
import { Unconvertible } from './unconvertible.ts';
import type { Value } from './value.ts';

export type RecurrentOp = 'LSTM' | 'GRU' | 'RNN';

/** Where each of ONNX's gates lies among the columns of the source: i f c o → i o f c; z r h stays. */
const GATES: Readonly<Record<RecurrentOp, readonly number[]>> = {
  LSTM: [0, 3, 1, 2],
  GRU: [0, 1, 2],
  RNN: [0],
};

/** An activation of a recurrent operator, with its parameters as far as it has them. */
export interface RecurrentActivation {
  readonly name: string;
  readonly alpha?: number;
  readonly beta?: number;
}

/** The weights of one direction: `[inputs, gates · units]`, `[units, gates · units]`, and biases `[gates · units]`. */
export interface RecurrentWeights {
  readonly kernel: Value;
  readonly recurrent: Value;
  /** One for both products, or one for each (`[2, gates · units]`). */
  readonly bias: Value | undefined;
}

export interface Recurrence {
  readonly op: RecurrentOp;
  readonly units: number;
  /** One direction, or forward and backward. */
  readonly weights: readonly RecurrentWeights[];
  readonly isReverse: boolean;
  /** In ONNX's order: gates first. */
  readonly activations: readonly RecurrentActivation[];
  /** Of a GRU: its reset gate is applied behind the matrix product. */
  readonly isResetAfter: boolean;
  /** States `[N, units]` for each direction: h, of an LSTM then c. */
  readonly initial?: readonly (readonly Value[])[];
  /** How many steps of each sample count: `[N]` of int32. */
  readonly lengths?: Value;
}

/** `sequence` is `[T, D, N, units]`, `states` are `[D, N, units]`: h, of an LSTM then c. */
export interface RecurrenceResult {
  readonly sequence: Value;
  readonly states: readonly Value[];
}

/** Runs over `x` `[T, N, inputs]` in float32. @throws Unconvertible when the weights are not constants of these shapes */
export function recur(b: Builder, x: Value, recurrence: Recurrence): RecurrenceResult {
  const { op, units, weights, isReverse, activations, isResetAfter, initial, lengths } = recurrence;
  const directions = weights.length;
  const gates = GATES[op];
  const inputs = [
    b.hold(x),
    b.hold(
      matrices(
        b,
        weights.map(({ kernel }) => kernel),
        gates,
        units,
      ),
    ),
    b.hold(
      matrices(
        b,
        weights.map(({ recurrent }) => recurrent),
        gates,
        units,
      ),
    ),
    weights.some(({ bias }) => bias)
      ? b.hold(
          biases(
            b,
            weights.map(({ bias }) => bias),
            gates,
            units,
          ),
        )
      : '',
    lengths ? b.hold(lengths) : '',
    ...initialStates(b, initial, op),
  ];
  const all = weights.flatMap(() => activations);
  const alpha = all.flatMap((item) => (item.alpha === undefined ? [] : [item.alpha]));
  const beta = all.flatMap((item) => (item.beta === undefined ? [] : [item.beta]));
  const names = b.node(
    op,
    inputs,
    {
      hidden_size: units,
      direction: directions === 2 ? 'bidirectional' : isReverse ? 'reverse' : 'forward',
      activations: {
        type: 'strings',
        value: all.map(({ name }) => new TextEncoder().encode(name)),
      },
      // Only activations that have parameters take one from these lists.
      ...(alpha.length > 0 && { activation_alpha: floatsAttribute(alpha) }),
      ...(beta.length > 0 && { activation_beta: floatsAttribute(beta) }),
      ...(op === 'GRU' && { linear_before_reset: isResetAfter ? 1 : 0 }),
    },
    op === 'LSTM' ? 3 : 2,
  );
  const [steps = null, batch = null] = x.sizes;
  const [sequence = '', ...states] = names;
  return {
    sequence: b.named(sequence, x.type, [steps, directions, batch, units]),
    states: states.map((name) => b.named(name, x.type, [directions, batch, units])),
  };
}

function initialStates(
  b: Builder,
  initial: readonly (readonly Value[])[] | undefined,
  op: RecurrentOp,
): string[] {
  if (!initial) return [];
  return (op === 'LSTM' ? [0, 1] : [0]).map((index) => {
    const parts = initial.map((states) => {
      const state = states[index];
      if (!state) throw new Unconvertible('one of its initial states is missing');
      return b.node('Unsqueeze', [b.hold(state), b.ints([0])])[0] ?? '';
    });
    return parts.length === 1 ? (parts[0] ?? '') : (b.node('Concat', parts, { axis: 0 })[0] ?? '');
  });
}

/** `[D, gates · units, rows]` from matrices `[rows, gates · units]`, made when it is written. */
function matrices(
  b: Builder,
  values: readonly Value[],
  gates: readonly number[],
  units: number,
): Value {
  const tensors = values.map((value) => value.constant);
  const [first] = tensors;
  const rows = first?.dims[0] ?? 0;
  const columns = gates.length * units;
  const parts = tensors.flatMap((tensor) =>
    tensor?.dims.length === 2 && tensor.dims[0] === rows && tensor.dims[1] === columns
      ? [tensor]
      : [],
  );
  if (!first || parts.length < values.length)
    throw new Unconvertible(`its weights are no constants of ${gates.length} × ${units} columns`);
  return b.constant(
    computedTensor(first.name, 'float32', [parts.length, columns, rows], () => {
      const made = new Float32Array(parts.length * columns * rows);
      let at = 0;
      for (const part of parts) {
        const from = floatValues(part);
        for (const gate of gates)
          for (let unit = 0; unit < units; unit++)
            for (let row = 0; row < rows; row++)
              made[at++] = from[row * columns + gate * units + unit] ?? 0;
      }
      return bytesOf(made);
    }),
  );
}

/** `[D, 2 · gates · units]`: biases of the inputs, then those of the states. */
function biases(
  b: Builder,
  values: readonly (Value | undefined)[],
  gates: readonly number[],
  units: number,
): Value {
  const columns = gates.length * units;
  const parts = values.map((value) => {
    const tensor = value?.constant;
    const count = tensor?.dims.reduce((product, dim) => product * dim, 1);
    if (value && count !== columns && count !== 2 * columns)
      throw new Unconvertible(`its biases are no constants of ${gates.length} × ${units} elements`);
    return tensor;
  });
  const name = parts.find((part) => part)?.name ?? '';
  return b.constant(
    computedTensor(name, 'float32', [parts.length, 2 * columns], () => {
      const made = new Float32Array(parts.length * 2 * columns);
      for (const [direction, part] of parts.entries()) {
        if (!part) continue;
        const from = floatValues(part);
        for (let half = 0; half < from.length / columns; half++)
          for (const [place, gate] of gates.entries())
            for (let unit = 0; unit < units; unit++)
              made[(direction * 2 + half) * columns + place * units + unit] =
                from[half * columns + gate * units + unit] ?? 0;
      }
      return bytesOf(made);
    }),
  );
}
