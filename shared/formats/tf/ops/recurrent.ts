/** Recurrent cells that are one op. */

import { clip } from '../../build/activation.ts';
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { expectRank, isFixed, sizeOf, upTo } from '../../build/dims.ts';
import { arithmetic, unary } from '../../build/elementwise.ts';
import { concat, expand, split, splitEvenly } from '../../build/join.ts';
import { matmul } from '../../build/matmul.ts';
import { squeeze, transpose, unsqueeze } from '../../build/reshape.ts';
import { sizeValue } from '../../build/sample.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { boolAttribute, floatAttribute } from '../attributes.ts';
import { input, many, type TfOp, type TfOpTable } from '../op.ts';

/** Gates of a weight matrix by name, in the order in which the op lays them side by side. */
type Gate = 'i' | 'c' | 'f' | 'o';

const V1_GATES: readonly Gate[] = ['i', 'c', 'f', 'o'];
const V2_GATES: readonly Gate[] = ['i', 'f', 'c', 'o'];

/** In the order of ONNX's LSTM. */
const ONNX_GATES: readonly Gate[] = ['i', 'o', 'f', 'c'];

const isZero = (value: Value): boolean => value.numbers?.every((number) => number === 0) ?? false;

/**
 * Over a whole sequence: inputs are its length, `x` `[T, B, I]`, the state, the weights `[I + H, 4 H]`, three
 * peepholes and the bias. Of the seven outputs, all `[T, B, …]`, `h` has an ONNX form.
 */
const blockLstm = (gates: readonly Gate[], forgetBias: number, cellClip: number): TfOp =>
  many((b, inputs, node) => {
    const [length, x, cell, hidden, weights] = [0, 1, 2, 3, 4].map((index) =>
      input(inputs, index),
    ) as [Value, Value, Value, Value, Value];
    const bias = input(inputs, 8);
    if (floatAttribute(node, 'cell_clip', cellClip) > 0)
      throw new Unconvertible('it clips its cells (cell_clip)');
    if (boolAttribute(node, 'use_peephole') && ![5, 6, 7].every((at) => isZero(input(inputs, at))))
      throw new Unconvertible('its gates see the cells (use_peephole)');
    const size = hidden.sizes.at(-1);
    const width = x.sizes.at(-1);
    if (!isFixed(size) || !isFixed(width)) throw new Unconvertible('a size of its weights is free');
    for (const [value, rank] of [
      [x, 3],
      [cell, 2],
      [hidden, 2],
      [weights, 2],
      [bias, 1],
    ] as const)
      expectRank(value, rank);
    const added = gates === V1_GATES ? floatAttribute(node, 'forget_bias', forgetBias) : 0;
    const [forInput, forHidden] = split(b, weights, [width, size], 0) as [Value, Value];
    const zeros = b.numbers(
      upTo(4 * size).map(() => 0),
      bias.type,
      [4 * size],
    );
    const whole = lengths(b, length, x);
    const names = b.node(
      'LSTM',
      [
        b.hold(x),
        b.hold(unsqueeze(b, inOnnxOrder(b, transpose(b, forInput, [1, 0]), gates), [0])),
        b.hold(unsqueeze(b, inOnnxOrder(b, transpose(b, forHidden, [1, 0]), gates), [0])),
        b.hold(
          unsqueeze(
            b,
            concat(b, [inOnnxOrder(b, withForgetBias(b, bias, gates, added), gates), zeros], 0),
            [0],
          ),
        ),
        whole,
        b.hold(unsqueeze(b, hidden, [0])),
        b.hold(unsqueeze(b, cell, [0])),
      ],
      { hidden_size: size },
      1,
    );
    const all = b.named(names[0] ?? '', x.type, [x.sizes[0] ?? null, 1, x.sizes[1] ?? null, size]);
    const none = undefined;
    return [none, none, none, none, none, none, squeeze(b, all, [1])];
  });

/** `''` for whole sequences, else the same length for each of the batch. */
function lengths(b: Builder, length: Value, x: Value): string {
  const known = length.numbers?.[0];
  const steps = x.sizes[0];
  if (isFixed(known) && isFixed(steps) && known >= steps) return '';
  const batch = unsqueeze(b, sizeValue(b, x, 1), [0]);
  return b.hold(expand(b, cast(b, length, 'int32'), batch));
}

function inOnnxOrder(b: Builder, stacked: Value, gates: readonly Gate[]): Value {
  const parts = splitEvenly(b, stacked, 4, 0);
  return concat(
    b,
    ONNX_GATES.flatMap((gate) => parts[gates.indexOf(gate)] ?? []),
    0,
  );
}

function withForgetBias(b: Builder, bias: Value, gates: readonly Gate[], added: number): Value {
  if (added === 0) return bias;
  const size = sizeOf(bias.sizes.filter(isFixed)) / 4;
  const extra = gates.flatMap((gate) => upTo(size).map(() => (gate === 'f' ? added : 0)));
  return arithmetic(b, 'Add', bias, b.numbers(extra, bias.type));
}

/** One step of an LSTM: gives i, the cell, f, o, the candidate, its tanh and the hidden state. */
const lstmCell: TfOp = many((b, inputs, node) => {
  const [x, cell, hidden, weights] = [0, 1, 2, 3].map((at) => input(inputs, at)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const joined = matmul(b, concat(b, [x, hidden], 1), weights);
  const sums = arithmetic(b, 'Add', joined, input(inputs, 7));
  const [i, c, f, o] = splitEvenly(b, sums, 4, 1) as [Value, Value, Value, Value];
  const calculate = (op: string, left: Value, right: Value): Value =>
    arithmetic(b, op, left, right);
  const isPeeping = boolAttribute(node, 'use_peephole');
  const peep = (gate: Value, state: Value, index: number): Value =>
    isPeeping ? calculate('Add', gate, calculate('Mul', state, input(inputs, index))) : gate;
  const sigmoid = (gate: Value): Value => unary(b, 'Sigmoid', gate);
  const forget = floatAttribute(node, 'forget_bias', 1);
  const inputGate = sigmoid(peep(i, cell, 4));
  const forgetGate = sigmoid(peep(calculate('Add', f, b.scalar(forget, x.type)), cell, 5));
  const candidate = unary(b, 'Tanh', c);
  const sum = calculate(
    'Add',
    calculate('Mul', candidate, inputGate),
    calculate('Mul', cell, forgetGate),
  );
  const limit = floatAttribute(node, 'cell_clip', 3);
  const next = limit > 0 ? clip(b, sum, -limit, limit) : sum;
  const outputGate = sigmoid(peep(o, next, 6));
  const shown = unary(b, 'Tanh', next);
  const state = calculate('Mul', outputGate, shown);
  return [inputGate, next, forgetGate, outputGate, candidate, shown, state];
});

/** One step of a GRU: gives r, u, the candidate and the hidden state. */
const gruCell: TfOp = many((b, inputs) => {
  const [x, hidden] = [input(inputs, 0), input(inputs, 1)];
  const calculate = (op: string, left: Value, right: Value): Value =>
    arithmetic(b, op, left, right);
  const dense = (state: Value, weights: number, bias: number): Value =>
    calculate(
      'Add',
      matmul(b, concat(b, [x, state], 1), input(inputs, weights)),
      input(inputs, bias),
    );
  const gates = unary(b, 'Sigmoid', dense(hidden, 2, 4));
  const [reset, update] = splitEvenly(b, gates, 2, 1) as [Value, Value];
  const candidate = unary(b, 'Tanh', dense(calculate('Mul', reset, hidden), 3, 5));
  const rest = calculate('Sub', b.scalar(1, x.type), update);
  const state = calculate(
    'Add',
    calculate('Mul', update, hidden),
    calculate('Mul', rest, candidate),
  );
  return [reset, update, candidate, state];
});

export const RECURRENT: TfOpTable = {
  BlockLSTM: blockLstm(V1_GATES, 1, 3),
  BlockLSTMV2: blockLstm(V2_GATES, 0, 0),
  LSTMBlockCell: lstmCell,
  GRUBlockCell: gruCell,
};
