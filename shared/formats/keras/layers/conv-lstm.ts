/** LSTMs whose products are convolutions. */
import { upTo } from '../../build/dims.ts';
import { arithmetic } from '../../build/elementwise.ts';
import { splitEvenly } from '../../build/join.ts';
import { transpose } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { conv } from '../../build/window.ts';
import { activateBy } from '../activation.ts';
import { fixedSize, flagOf, inputOf, isChannelsFirst, weightsOf } from '../config.ts';
import type { Layer, LayerCall, LayerTable } from '../layer.ts';
import { windowOf } from './convolution.ts';
import { finishRecurrent, initialStates, runCell, zeros } from './recurrent.ts';
import { type Cell, lstmStep, WITH_ACTIVATIONS } from './recurrent-cell.ts';
import { stepsOf } from './recurrent-mask.ts';

/** `[N, T, spatial …, C]`; states are `[N, spatial …, filters]`. */
function cellOver(call: LayerCall): Cell {
  const { config } = call;
  const [kernel, recurrent, bias] = weightsOf(
    { weights: call.weights.child('cell') },
    flagOf(config, 'use_bias', true) ? 3 : 2,
  );
  if (!kernel || !recurrent) throw new Unconvertible('it has no kernels');
  const ones = recurrent.sizes.slice(0, -2).map(() => 1);
  const window = windowOf(config, kernel);
  const inner = {
    kernel: recurrent.sizes.slice(0, -2).map(Number),
    strides: ones,
    padding: 'SAME' as const,
  };
  const settings = {
    ...WITH_ACTIVATIONS,
    recurrent_activation: call.keras === 2 ? 'hard_sigmoid' : 'sigmoid',
    ...config,
  };
  return {
    states: [1, 1],
    step: (b, x, [h, c]) => {
      if (!h || !c) throw new Unconvertible('it has no two states');
      const sum = arithmetic(
        b,
        'Add',
        conv(b, x, kernel, window, bias),
        conv(b, h, recurrent, inner),
      );
      const apply = (): never => {
        throw new Unconvertible('its activation is a layer');
      };
      return lstmStep(b, splitEvenly(b, sum, 4, -1), c, (value, key) =>
        activateBy({ ...call, b, config: settings, apply }, value, key),
      );
    },
  };
}

const convLstm =
  (spatial: number): Layer =>
  (call) => {
    const { b, config } = call;
    const isFirst = isChannelsFirst(config);
    const given = inputOf(call);
    if (given.rank !== spatial + 3) throw new Unconvertible('its input has another rank');
    // [N, T, C, spatial …] and [N, C, spatial …] seen with the channels last, and back.
    const toBack = (x: Value, front: number): Value =>
      transpose(b, x, [...upTo(front), ...upTo(spatial).map((axis) => front + 1 + axis), front]);
    const toFront = (x: Value): Value => {
      const front = x.rank - spatial - 1;
      return transpose(b, x, [
        ...upTo(front),
        x.rank - 1,
        ...upTo(spatial).map((axis) => front + axis),
      ]);
    };
    const x = isFirst ? toBack(given, 2) : given;
    const steps = call.masks[0] && stepsOf(b, call.masks[0]);
    const cell = cellOver(call);
    const start = (): Value => zeros(b, x, stateSizes(call, x));
    const initial = initialStates(call).map((state) => (isFirst ? toBack(state, 1) : state));
    const run = runCell(
      b,
      x,
      cell,
      initial,
      flagOf(config, 'go_backwards', false),
      steps,
      flagOf(config, 'zero_output_for_mask', false),
      start,
    );
    const { outputs, mask } = finishRecurrent(call, run, steps);
    return { outputs: isFirst ? outputs.map(toFront) : outputs, mask };
  };

/** The sizes of a state from those of one step. */
function stateSizes({ config, weights }: LayerCall, x: Value): number[] {
  const [kernel, recurrent] = weightsOf({ weights: weights.child('cell') }, 2);
  if (!kernel || !recurrent) throw new Unconvertible('it has no kernels');
  const { kernel: sizes, strides, dilations, padding } = windowOf(config, kernel);
  const spatial = sizes.map((length, axis) => {
    const size = fixedSize(x, axis + 2);
    const stride = strides[axis] ?? 1;
    const reach = (length - 1) * (dilations?.[axis] ?? 1) + 1;
    return padding === 'SAME' ? Math.ceil(size / stride) : Math.floor((size - reach) / stride) + 1;
  });
  return [...spatial, fixedSize(recurrent, -2)];
}

export const CONV_LSTM_LAYERS: LayerTable = {
  ConvLSTM1D: convLstm(1),
  ConvLSTM2D: convLstm(2),
  ConvLSTM3D: convLstm(3),
};
