/** Recurrent layers as ONNX has them. */
import { bytesOf, computedTensor } from '../../../onnx/make-tensor.ts';
import { elementCount, floatValues } from '../../../onnx/tensor-data.ts';
import type { Builder } from '../../build/builder.ts';
import { isFixed } from '../../build/dims.ts';
import { arithmetic } from '../../build/elementwise.ts';
import { concat } from '../../build/join.ts';
import { matmul } from '../../build/matmul.ts';
import { reduce } from '../../build/reduce.ts';
import { reshape, squeeze, transpose, unsqueeze } from '../../build/reshape.ts';
import { slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { boolAttribute, intAttribute } from '../../tf/attributes.ts';
import { many, type TfOpTable } from '../../tf/op.ts';
import type { TfNode } from '../../tf/tf-graph.ts';

/** Gates in TFLite's order (input, forget, cell, output) as ONNX has them: input, output, forget, cell. */
const ONNX_GATES = [0, 3, 1, 2];

/** Peepholes input, forget, output as ONNX has them: input, output, forget. */
const ONNX_PEEPHOLES = [0, 2, 1];

/** Matrices or vectors one below the other, with an axis in front for the direction; constants at once. */
function stacked(b: Builder, parts: readonly Value[]): Value {
  const tensors = parts.flatMap(({ constant }) => (constant?.type === 'float32' ? [constant] : []));
  const [first] = tensors;
  if (!first || tensors.length !== parts.length) return unsqueeze(b, concat(b, parts, 0), [0]);
  const rows = tensors.reduce((sum, { dims }) => sum + (dims[0] ?? 0), 0);
  const count = tensors.reduce((sum, tensor) => sum + elementCount(tensor), 0);
  return b.constant(
    computedTensor(first.name, 'float32', [1, rows, ...first.dims.slice(1)], () => {
      const joined = new Float32Array(count);
      let at = 0;
      for (const tensor of tensors) {
        joined.set(floatValues(tensor), at);
        at += elementCount(tensor);
      }
      return bytesOf(joined);
    }),
  );
}

const zeros = (b: Builder, dims: readonly number[]): Value =>
  b.numbers(
    new Array<number>(dims.reduce((product, dim) => product * dim, 1)).fill(0),
    'float32',
    dims,
  );

/** `[time, batch, features]`, as ONNX takes sequences. */
const timeMajor = (b: Builder, x: Value, node: TfNode): Value =>
  boolAttribute(node, 'time_major') ? x : transpose(b, x, [1, 0, 2]);

/** The output `[time, 1, batch, cells]` in the order of the input. */
function sequenceOf(b: Builder, y: string, x: Value, cells: number, node: TfNode): Value {
  const [time = null, batch = null] = x.sizes;
  const held = b.named(y, x.type, [time, 1, batch, cells]);
  const sequence = squeeze(b, held, [1]);
  return boolAttribute(node, 'time_major') ? sequence : transpose(b, sequence, [1, 0, 2]);
}

function lstm(b: Builder, inputs: readonly Value[], node: TfNode): Value {
  const isCoupled = boolAttribute(node, 'coupled');
  const count = isCoupled ? 3 : 4;
  const [given, ...rest] = inputs;
  const take = (from: number, length: number): readonly Value[] => rest.slice(from, from + length);
  const input = take(0, count);
  const recurrent = take(count, count);
  const biasCount = intAttribute(node, 'biases', 0);
  const biases = take(2 * count, biasCount);
  const peepholes = take(2 * count + biasCount, intAttribute(node, 'peepholes', 0));
  const [cells, features] = input.at(-1)?.sizes ?? [];
  if (given?.rank !== 3 || !isFixed(cells) || !isFixed(features))
    throw new Unconvertible('its weights have a free size');
  if (
    recurrent.length !== count ||
    recurrent.some(({ sizes }) => sizes[0] !== cells || sizes[1] !== cells)
  )
    throw new Unconvertible('its recurrent weights do not fit its cells');
  // The input gate of a coupled LSTM is not read: 1 minus the forget gate stands for it.
  const whole = (parts: readonly Value[], dims: readonly number[]): readonly Value[] =>
    isCoupled && parts.length === 3 ? [zeros(b, dims), ...parts] : parts;
  const gates = (parts: readonly Value[], dims: readonly number[]): Value => {
    const all = whole(parts, dims);
    return stacked(
      b,
      ONNX_GATES.flatMap((gate) => all[gate] ?? []),
    );
  };
  const x = timeMajor(b, given, node);
  const bias =
    biases.length === 0
      ? ''
      : b.hold(
          stacked(b, [
            ...ONNX_GATES.flatMap((gate) => whole(biases, [cells])[gate] ?? []),
            zeros(b, [4 * cells]),
          ]),
        );
  const full = isCoupled && peepholes.length === 2 ? [zeros(b, [cells]), ...peepholes] : peepholes;
  const peephole =
    full.length === 3
      ? b.hold(
          stacked(
            b,
            ONNX_PEEPHOLES.flatMap((gate) => full[gate] ?? []),
          ),
        )
      : '';
  const [y = ''] = b.node(
    'LSTM',
    [
      b.hold(x),
      b.hold(gates(input, [cells, features])),
      b.hold(gates(recurrent, [cells, cells])),
      bias,
      '',
      '',
      '',
      peephole,
    ],
    {
      hidden_size: cells,
      ...(isCoupled && { input_forget: 1 }),
      ...(boolAttribute(node, 'reverse') && { direction: 'reverse' }),
    },
  );
  return sequenceOf(b, y, x, cells, node);
}

/** Activations of simple recurrent layers by TFLite's number; the others have none in ONNX. */
const RNN_ACTIVATIONS: Readonly<Record<number, string>> = { 1: 'Relu', 4: 'Tanh' };

function rnn(b: Builder, inputs: readonly Value[], node: TfNode): Value {
  const [given, weights, recurrent, bias] = inputs;
  const activation = RNN_ACTIVATIONS[intAttribute(node, 'activation', 0)];
  if (!given || !weights || !recurrent || !bias) throw new Unconvertible('it lacks weights');
  const [cells] = weights.sizes;
  if (!activation || !isFixed(cells))
    throw new Unconvertible('its activation is neither tanh nor relu');
  const x = timeMajor(b, given, node);
  const [y = ''] = b.node(
    'RNN',
    [
      b.hold(x),
      b.hold(stacked(b, [weights])),
      b.hold(stacked(b, [recurrent])),
      b.hold(stacked(b, [bias, zeros(b, [cells])])),
    ],
    {
      hidden_size: cells,
      activations: { type: 'strings', value: [new TextEncoder().encode(activation)] },
    },
  );
  return sequenceOf(b, y, x, cells, node);
}

/**
 * One step of a filter of low rank: `x [batch, inputs]`, features `[filters, inputs]`, time
 * `[filters, memory]`, state `[batch, filters · memory]`. Gives `[batch, filters / rank]` and the next state.
 */
function svdf(b: Builder, inputs: readonly Value[], node: TfNode): readonly Value[] {
  const [x, features, time, state, bias] = inputs;
  const rank = intAttribute(node, 'rank', 1);
  if (!x || !features || !time || !state) throw new Unconvertible('it lacks weights or state');
  const [filters, memory] = time.sizes;
  const [batch = null] = state.sizes;
  if (!isFixed(filters) || !isFixed(memory) || filters % rank !== 0)
    throw new Unconvertible('its weights have a free size');
  const newest = unsqueeze(b, matmul(b, x, features, { transposeRight: true }), [2]);
  const before = reshape(b, state, [batch, filters, memory]);
  const kept = slice(b, before, [{ axis: 2, start: 1, end: null, step: 1 }]);
  const next = memory === 1 ? newest : concat(b, [kept, newest], 2);
  const filtered = reduce(b, 'ReduceSum', arithmetic(b, 'Mul', next, time), [2], false);
  const units = reshape(b, filtered, [batch, filters / rank, rank]);
  const sum = reduce(b, 'ReduceSum', units, [2], false);
  return [
    bias ? arithmetic(b, 'Add', sum, bias) : sum,
    reshape(b, next, [batch, filters * memory]),
  ];
}

export const TFLITE_RECURRENT: TfOpTable = {
  _TfliteLstm: many(lstm),
  _TfliteRnn: many(rnn),
  _TfliteSvdf: many(svdf),
};
