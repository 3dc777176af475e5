/** LSTM, GRU, SimpleRNN, and RNN over cells. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { broadcast } from '../../build/elementwise.ts';
import {
  type Recurrence,
  type RecurrentActivation,
  type RecurrentOp,
  recur,
} from '../../build/recurrence.ts';
import { squeeze, transpose, unsqueeze } from '../../build/reshape.ts';
import { scan } from '../../build/scan.ts';
import { sizesName } from '../../build/shape-of.ts';
import { slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import { Value } from '../../build/value.ts';
import { flagOf, inputOf, weightsOf } from '../config.ts';
import type {
  JsonObject,
  Layer,
  LayerCall,
  LayerResult,
  LayerTable,
  LayerWeights,
} from '../layer.ts';
import { type Cell, cellOf, makeCell, unitsOf, WITH_ACTIVATIONS } from './recurrent-cell.ts';
import { atLastStep, ofSamples, packed, type Steps, stepsOf, unpacked } from './recurrent-mask.ts';

/** What a run over a sequence gives: outputs `[N, T, …]` in the order of time, and the states behind it. */
interface Run {
  readonly sequence: Value;
  readonly last: Value;
  readonly states: readonly Value[];
}

const OPERATORS: Readonly<Record<string, RecurrentOp>> = {
  LSTM: 'LSTM',
  GRU: 'GRU',
  SimpleRNN: 'RNN',
};

/** ONNX's recurrent operators know these activations; their parameters are Keras'. */
function onnxActivation(name: unknown, keras: 2 | 3): RecurrentActivation | undefined {
  const isOld = keras === 2;
  switch (name) {
    case 'tanh':
      return { name: 'Tanh' };
    case 'sigmoid':
      return { name: 'Sigmoid' };
    case 'relu':
      return { name: 'Relu' };
    case 'softsign':
      return { name: 'Softsign' };
    case 'softplus':
      return { name: 'Softplus' };
    case 'linear':
      return { name: 'Affine', alpha: 1, beta: 0 };
    case 'elu':
      return { name: 'Elu', alpha: 1 };
    case 'leaky_relu':
      return { name: 'LeakyRelu', alpha: 0.2 };
    case 'hard_sigmoid':
      return { name: 'HardSigmoid', alpha: isOld ? 0.2 : 1 / 6, beta: 0.5 };
    default:
      return undefined;
  }
}

/** The activations of an operator in its order, or nothing when it does not know one of them. */
export function activationsOf(
  op: RecurrentOp,
  config: JsonObject,
  keras: 2 | 3,
): readonly RecurrentActivation[] | undefined {
  const named = { ...WITH_ACTIVATIONS, ...config };
  const main = onnxActivation(named.activation ?? 'linear', keras);
  const gate = onnxActivation(named.recurrent_activation ?? 'linear', keras);
  if (!main || !gate) return undefined;
  return op === 'LSTM' ? [gate, main, main] : op === 'GRU' ? [gate, main] : [main];
}

/** A GRU of Keras 2 that says nothing applies its reset gate before. */
export const isResetAfter = (config: JsonObject, keras: 2 | 3): boolean =>
  flagOf(config, 'reset_after', keras === 3);

/** States that a layer is given: behind its input, or as a keyword. */
export function initialStates({ inputs, keywords }: LayerCall): readonly Value[] {
  const given = keywords.initial_state;
  if (given instanceof Value) return [given];
  const listed: readonly unknown[] = Array.isArray(given) ? given.flat(4) : [];
  const named = listed.flatMap((state) => (state instanceof Value ? [state] : []));
  return named.length > 0 ? named : inputs.slice(1);
}

/** The first two axes exchanged: batch and time. */
export const timeFirst = (b: Builder, x: Value): Value =>
  transpose(b, x, [1, 0, ...x.sizes.slice(2).map((_, index) => index + 2)]);

/** The steps from the last to the first. */
export const reversed = (b: Builder, x: Value): Value =>
  slice(b, x, [{ axis: 1, start: null, end: null, step: -1 }]);

/** Weights lie in the cell; TensorFlow.js and old files may leave its scope away. */
const weightsOfCell = ({ weights }: LayerCall): LayerWeights => weights.child('cell');

const recurrent =
  (className: string): Layer =>
  (call) => {
    const { b, config, keras } = call;
    const x = inputOf(call);
    const op = OPERATORS[className];
    const activations = op && activationsOf(op, config, keras);
    const isReverse = flagOf(config, 'go_backwards', false);
    const steps = call.masks[0] && stepsOf(b, call.masks[0]);
    const initial = initialStates(call);
    if (!op || !activations || x.type !== 'float32') {
      const cell = makeCell(call, `${className}Cell`, config, weightsOfCell(call));
      return finish(call, runCell(b, x, cell, initial, isReverse, steps, isZeroed(config)), steps);
    }
    const [kernel, recurrentKernel, bias] = weightsOf(
      { weights: weightsOfCell(call) },
      flagOf(config, 'use_bias', true) ? 3 : 2,
    );
    if (!kernel || !recurrentKernel) throw new Unconvertible('it has no kernels');
    const run = runOperator(b, x, steps, isZeroed(config), {
      op,
      units: unitsOf(config),
      weights: [{ kernel, recurrent: recurrentKernel, bias }],
      isReverse,
      activations,
      isResetAfter: isResetAfter(config, keras),
      ...(initial.length > 0 && { initial: [initial] }),
    });
    return finish(call, run, steps);
  };

const isZeroed = (config: JsonObject): boolean => flagOf(config, 'zero_output_for_mask', false);

/** One direction by an operator of ONNX. */
function runOperator(
  b: Builder,
  x: Value,
  steps: Steps | undefined,
  isZeroBetween: boolean,
  recurrence: Recurrence,
): Run {
  const input = steps ? packed(b, x, steps) : x;
  const { sequence, states } = recur(b, timeFirst(b, input), {
    ...recurrence,
    ...(steps && { lengths: steps.lengths }),
  });
  const made = timeFirst(b, squeeze(b, sequence, [1]));
  const ends = states.map((state) => squeeze(b, state, [0]));
  const [last] = ends;
  if (!last) throw new Unconvertible('it has no state');
  if (!steps) return { sequence: made, last, states: ends };
  const { isReverse, initial } = recurrence;
  return {
    sequence: unpacked(b, made, steps, isReverse, isZeroBetween),
    last: isZeroBetween
      ? atLastStep(b, last, steps, isReverse)
      : ofSamples(b, last, steps, undefined),
    states: ends.map((state, index) => ofSamples(b, state, steps, initial?.[0]?.[index])),
  };
}

/** Zeros `[N, …sizes]` for as many samples as `x` has. */
export function zeros(b: Builder, x: Value, sizes: readonly number[]): Value {
  const shape = [x.sizes[0] ?? null, ...sizes];
  const name = sizesName(b, shape, [x]);
  if (name === undefined) {
    const batch = b.node('Shape', [b.hold(x)], { start: 0, end: 1 })[0] ?? '';
    const all = b.node('Concat', [batch, b.ints(sizes)], { axis: 0 })[0] ?? '';
    return b.emit('Expand', [b.hold(b.scalar(0, x.type)), all], x.type, shape);
  }
  return b.emit('Expand', [b.hold(b.scalar(0, x.type)), name], x.type, shape);
}

/** Any cell, step by step. */
export function runCell(
  b: Builder,
  x: Value,
  cell: Cell,
  initial: readonly Value[],
  isReverse: boolean,
  steps: Steps | undefined,
  isZeroBetween: boolean,
  start: (index: number) => Value = (index) => zeros(b, x, [cell.states[index] ?? 1]),
): Run {
  const count = cell.states.length;
  const given = initial.length > 0 ? initial : cell.states.map((_, index) => start(index));
  if (given.length !== count)
    throw new Unconvertible(`it is given ${given.length} states and has ${count}`);
  if (!steps) {
    const made = scan(b, [timeFirst(b, x)], given, isReverse, (body, [part], states) => {
      if (!part) throw new Unconvertible('it has no input');
      return cell.step(body, part, states);
    });
    return finishScan(b, made.output, made.states, undefined, isReverse);
  }
  // The output of the last step that counted is carried as one more state.
  const rehearsed = cell.step(b.child(), squeezeStep(b, x), given).output;
  const blank = zeros(b, x, rehearsed.sizes.slice(1).map(Number));
  const made = scan(
    b,
    [timeFirst(b, x), timeFirst(b, steps.mask)],
    [...given, blank],
    isReverse,
    (body, [part, flag], states) => {
      if (!part || !flag) throw new Unconvertible('it has no input');
      const stepped = cell.step(body, part, states.slice(0, count));
      const keep = (value: Value, old: Value | undefined): Value => {
        const wide = unsqueeze(
          body,
          flag,
          value.sizes.slice(1).map((_, axis) => axis + 1),
        );
        return broadcast(
          body,
          'Where',
          [wide, value, old ?? body.scalar(0, value.type)],
          value.type,
        );
      };
      const output = keep(stepped.output, isZeroBetween ? undefined : states[count]);
      const kept = stepped.states.map((state, index) => keep(state, states[index]));
      return { output, states: [...kept, output] };
    },
  );
  return finishScan(b, made.output, made.states.slice(0, count), made.states[count], isReverse);
}

/** One step of a sequence, only to see what the cell makes of its shape. */
const squeezeStep = (b: Builder, x: Value): Value =>
  squeeze(b, slice(b, x, [{ axis: 1, start: 0, end: 1, step: 1 }]), [1]);

function finishScan(
  b: Builder,
  output: Value,
  states: readonly Value[],
  last: Value | undefined,
  isReverse: boolean,
): Run {
  const inTime = timeFirst(b, output);
  const end =
    last ?? squeeze(b, slice(b, output, [{ axis: 0, start: -1, end: null, step: 1 }]), [0]);
  return { sequence: isReverse ? reversed(b, inTime) : inTime, last: end, states };
}

/** What the configuration asks for: the sequence as it was run, or its end; states behind it. */
function finish({ b, config, note }: LayerCall, run: Run, steps: Steps | undefined): LayerResult {
  const isSequence = flagOf(config, 'return_sequences', false);
  const isReverse = flagOf(config, 'go_backwards', false);
  if (flagOf(config, 'stateful', false))
    note(
      'Stateful recurrent layers begin each call with the states that they are given, or with zeros.',
    );
  const output = !isSequence ? run.last : isReverse ? reversed(b, run.sequence) : run.sequence;
  const states = flagOf(config, 'return_state', false) ? run.states : [];
  return { outputs: [output, ...states], mask: isSequence ? steps?.mask : undefined };
}

const overCells: Layer = (call) => {
  const { b, config, weights } = call;
  const steps = call.masks[0] && stepsOf(b, call.masks[0]);
  const cell = cellOf(call, config.cell, (name) => weights.child('cell', name));
  const isReverse = flagOf(config, 'go_backwards', false);
  const x = inputOf(call);
  const run = runCell(
    b,
    x.type.includes('float') ? x : cast(b, x, 'float32'),
    cell,
    initialStates(call),
    isReverse,
    steps,
    isZeroed(config),
  );
  return finish(call, run, steps);
};

export { finish as finishRecurrent };

export const RECURRENT_LAYERS: LayerTable = {
  LSTM: recurrent('LSTM'),
  GRU: recurrent('GRU'),
  SimpleRNN: recurrent('SimpleRNN'),
  RNN: overCells,
};
