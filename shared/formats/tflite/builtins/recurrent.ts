/** Recurrent layers as single operators. */
import { Unconvertible } from '../../build/unconvertible.ts';
import { isQuantized, quantizationOf } from '../graph-translation.ts';
import type { BuiltinTable, OperatorTranslation } from '../operator-translation.ts';

/** Places of the inputs of one direction of an LSTM, from `first` on; see lstm in kernels/internal. */
const LSTM = {
  inputWeights: 0,
  recurrentWeights: 4,
  peepholes: 8,
  biases: 11,
  projection: 15,
  projectionBias: 16,
};

/** Beyond this a cell saturates the output's tanh in float32, so that a clip there is hardly seen. */
const HARMLESS_CLIP = 10;

/** What an LSTM with a projection or layer normalization has; ONNX has neither. */
function refuseExtras(o: OperatorTranslation, first: number): void {
  if (o.has(first + LSTM.projection)) throw new Unconvertible('it projects its output');
  const clip = o.options.number('cell_clip');
  if (clip > 0 && clip < HARMLESS_CLIP)
    throw new Unconvertible(`it clips its cells at ${clip}, which ONNX cannot say`);
  if (clip > 0)
    o.model.notes.add(
      `TensorFlow Lite clips the cells of its LSTM at ±${clip}, the ONNX model does not: it differs for cells beyond.`,
    );
  if (o.options.number('activation') !== 4) throw new Unconvertible('its activation is not tanh');
}

/** Input, forget, cell and output weights, or their biases; a coupled LSTM lacks those of its input gate. */
function gates(o: OperatorTranslation, first: number): readonly string[] {
  return [0, 1, 2, 3].filter((gate) => o.has(first + gate)).map((gate) => o.input(first + gate));
}

function direction(o: OperatorTranslation, x: string, first: number, reverse: boolean): string {
  refuseExtras(o, first);
  const isCoupled = !o.has(first);
  const peepholes = [0, 1, 2].map((gate) => first + LSTM.peepholes + gate);
  const present = peepholes.filter((place) => o.has(place));
  const biases = gates(o, first + LSTM.biases);
  return o.add(
    '_TfliteLstm',
    [
      x,
      ...gates(o, first + LSTM.inputWeights),
      ...gates(o, first + LSTM.recurrentWeights),
      ...biases,
      ...present.map((place) => o.input(place)),
    ],
    {
      coupled: isCoupled,
      biases: biases.length,
      peepholes: present.length,
      time_major: o.options.flag('time_major'),
      reverse,
    },
  );
}

/** relu and tanh: the other fused activations are none of ONNX's RNN. */
const RNN_ACTIVATIONS = [1, 4];

const noteState = (o: OperatorTranslation): void => {
  o.model.notes.add(
    'Recurrent layers start from zero in every run, as in the model that they come from; TensorFlow Lite keeps their state until it is reset.',
  );
};

export const RECURRENT: BuiltinTable = {
  UNIDIRECTIONAL_SEQUENCE_LSTM: (o) => {
    if ([20, 21, 22, 23].some((place) => o.has(place)))
      throw new Unconvertible('it normalizes its layers');
    if (o.options.flag('diagonal')) throw new Unconvertible('its recurrent weights are diagonal');
    noteState(o);
    return direction(o, o.input(0), 1, false);
  },
  BIDIRECTIONAL_SEQUENCE_LSTM: (o) => {
    if ([39, 40, 41, 42, 43, 44, 45, 46, 47].some((place) => o.has(place)))
      throw new Unconvertible('it has a second input');
    noteState(o);
    const forward = direction(o, o.input(0), 1, false);
    const backward = direction(o, o.input(0), 18, true);
    return o.options.flag('merge_outputs')
      ? o.add('ConcatV2', [forward, backward, o.constant([-1], 'int32', [])])
      : [forward, backward];
  },
  UNIDIRECTIONAL_SEQUENCE_RNN: (o) => {
    if (!RNN_ACTIVATIONS.includes(o.options.number('activation')))
      throw new Unconvertible('its activation is neither tanh nor relu');
    noteState(o);
    return o.add('_TfliteRnn', [o.input(0), o.input(1), o.input(2), o.input(3)], {
      activation: o.options.number('activation'),
      time_major: o.options.flag('time_major'),
    });
  },
  // A filter in two parts, over features and over time, that remembers what it saw.
  SVDF: (o) => {
    const { list } = o.graph;
    const place = o.has(4) ? 4 : 3;
    const tensor = o.tensor(place);
    const key = `tensor ${o.index(place)}`;
    const held = o.model.addState(key, tensor.name, tensor, list);
    const state = isQuantized(tensor)
      ? list.add(held, '_TfliteDequantize', [held], quantizationOf(tensor))
      : held;
    const name = list.fresh(`${held}/svdf`);
    const bias = place === 4 ? o.optional(3) : [];
    o.add(
      '_TfliteSvdf',
      [o.input(0), o.input(1), o.input(2), state, ...bias],
      { rank: o.options.positive('rank') },
      name,
    );
    const next = isQuantized(tensor)
      ? o.add('_TfliteQuantize', [`${name}:1`], quantizationOf(tensor), list.fresh(`${held}/next`))
      : `${name}:1`;
    o.model.setState(key, next);
    return o.activated(name);
  },
};
