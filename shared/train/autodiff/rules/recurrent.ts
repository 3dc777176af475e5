/** LSTM, GRU and RNN in one or both directions. */
import { intOf, stringOf } from '../../../onnx/attributes.ts';
import type { Shape } from '../../emitter.ts';
import type { Backward } from '../backward.ts';
import { type GradientRule, inputOf, NoGradient, type RuleInput, shapeOfInput } from '../rule.ts';
import { zeros } from './along-axis.ts';
import { FLOAT } from './arithmetic.ts';
import { gru } from './gru-cell.ts';
import { lstm } from './lstm-cell.ts';
import { type Activation, activationsOf } from './recurrent-activation.ts';
import { type Cell, type CellGradients, shifted } from './recurrent-cell.ts';
import { rnn } from './rnn-cell.ts';

const FALLBACKS = {
  LSTM: ['Sigmoid', 'Tanh', 'Tanh'],
  GRU: ['Sigmoid', 'Tanh'],
  RNN: ['Tanh'],
} as const;

/** Places of the inputs. */
const [X, W, R, B, LENGTHS, STATE, CARRY, PEEPHOLES] = [0, 1, 2, 3, 4, 5, 6, 7];

const recurrent =
  (op: 'LSTM' | 'GRU' | 'RNN'): GradientRule =>
  (input) => {
    const { back, node, needs } = input;
    for (const name of ['clip', 'input_forget', 'layout'])
      if (node.attributes.has(name) && !isZero(input, name))
        throw new NoGradient(`${op} with ${name}`);
    const [directions = 1] = shapeOfInput(input, W);
    const activations = activationsOf(node, FALLBACKS[op], directions);
    const isReverse = stringOf(node, 'direction', 'forward') === 'reverse';
    const isResetAfter = intOf(node, 'linear_before_reset', 0) === 1;
    const cell = { LSTM: lstm, GRU: gru(isResetAfter), RNN: rnn }[op];
    const parts = activations.map((own, at) =>
      oneDirection(input, { at, isReverse: isReverse || at === 1, activations: own, cell }),
    );
    const joined = (position: number, pick: (part: Parts) => string): string | undefined =>
      node.inputs[position] && needs(position)
        ? joinDirections(back, parts.map(pick), shapeOfInput(input, position))
        : undefined;
    const ofX = parts.map(({ x }) => x);
    return [
      needs(X)
        ? ofX.length === 1
          ? ofX[0]
          : back.emit('Sum', ofX, shapeOfInput(input, X))
        : undefined,
      joined(W, ({ w }) => w),
      joined(R, ({ r }) => r),
      joined(B, ({ b }) => b),
      undefined,
      joined(STATE, ({ state }) => state),
      joined(CARRY, ({ carry }) => carry),
      joined(PEEPHOLES, ({ peepholes }) => peepholes),
    ];
  };

const isZero = ({ node }: RuleInput, name: string): boolean => {
  const attribute = node.attributes.get(name);
  return (attribute?.type === 'int' || attribute?.type === 'float') && attribute.value === 0;
};

interface Direction {
  readonly at: number;
  readonly isReverse: boolean;
  readonly activations: readonly Activation[];
  readonly cell: Cell;
}

/** Gradients of one direction: of X, and of the others without their axis of directions. */
interface Parts {
  readonly x: string;
  readonly w: string;
  readonly r: string;
  readonly b: string;
  readonly state: string;
  readonly carry: string;
  readonly peepholes: string;
}

function oneDirection(input: RuleInput, { at, isReverse, activations, cell }: Direction): Parts {
  const { back, node, gradients } = input;
  const [steps = 1, batch = 1, features = 1] = shapeOfInput(input, X);
  const [directions = 1, width = 1, units = 1] = shapeOfInput(input, R);
  const part = (value: string, axis = 0): string => ofDirection(back, value, at, axis);
  const state: Shape = [batch, units];
  const optional = (position: number, shape: Shape): string =>
    node.inputs[position] ? part(inputOf(input, position)) : zeros(back, shape);
  const given = (output: number): string => {
    const gradient = gradients[output];
    return gradient === undefined ? zeros(back, state) : part(gradient);
  };
  const turned = (value: string): string => (isReverse ? backwards(input, value) : value);
  const [w, r] = [part(inputOf(input, W)), part(inputOf(input, R))];
  const both = optional(B, [2 * width]);
  const [inputBias = '', recurrentBias = ''] = back.emitAll(
    'Split',
    [both, back.ints([width, width])],
    [[width], [width]],
    { attributes: { axis: 0 } },
  );
  const x = back.reshape(turned(inputOf(input, X)), [steps * batch, features]);
  const fromInput = back.emit('Gemm', [x, w, inputBias], [steps * batch, width], {
    attributes: { transB: 1 },
  });
  const outputs = declared(back, back.alsoOutput(node, 0), [steps, directions, batch, units]);
  const before = shifted(back, optional(STATE, state), turned(part(outputs, 1)));
  const ofOutputs = gradients[0] === undefined ? undefined : turned(part(gradients[0], 1));
  const found = cell({
    back,
    activations,
    fromInput: back.reshape(fromInput, [steps, batch, width]),
    before,
    recurrent: r,
    recurrentBias,
    peepholes: node.inputs[PEEPHOLES] ? part(inputOf(input, PEEPHOLES)) : undefined,
    carry: optional(CARRY, state),
    ofOutputs,
    ofState: given(1),
    ofCarry: given(2),
    mask: maskOf(input),
  });
  const gates = back.reshape(found.ofInput, [steps * batch, width]);
  const ofX = back.emit('MatMul', [gates, w], [steps * batch, features]);
  return {
    x: turned(back.reshape(ofX, [steps, batch, features])),
    w: transposedProduct(back, gates, x),
    r: ofRecurrentMatrix(back, found, before),
    b: ofBiases(back, found),
    state: found.ofInitialState,
    carry: found.ofInitialCarry ?? '',
    peepholes: found.ofPeepholes ?? '',
  };
}

/** An output that the node was made to give has no known shape yet. */
const declared = (back: Backward, name: string, shape: Shape): string =>
  back.shapes.has(name) ? name : back.emit('Identity', [name], shape);

/** `at` along an axis of directions, which goes. */
function ofDirection(back: Backward, value: string, at: number, axis: number): string {
  const shape = back.shapeOf(value);
  const without = shape.filter((_, place) => place !== axis);
  if (shape[axis] === 1) return back.reshape(value, without);
  const places = [[at], [at + 1], [axis]].map((numbers) => back.ints(numbers));
  const one = shape.map((size, place) => (place === axis ? 1 : size));
  return back.reshape(back.emit('Slice', [value, ...places], one), without);
}

/** The steps from the last to the first, of each sample those that it has. */
function backwards(input: RuleInput, value: string): string {
  const { back, node } = input;
  const shape = back.shapeOf(value);
  if (!node.inputs[LENGTHS]) {
    const places = [[-1], [-(shape[0] ?? 1) - 1], [0], [-1]].map((numbers) => back.ints(numbers));
    return back.emit('Slice', [value, ...places], shape);
  }
  const attributes = { time_axis: 0, batch_axis: 1 };
  return back.emit('ReverseSequence', [value, lengthsOf(input)], shape, { attributes });
}

function lengthsOf({ back, node }: RuleInput): string {
  const lengths = node.inputs[LENGTHS] ?? '';
  return back.emit('Cast', [lengths], [], { attributes: { to: INT64 } });
}

/** ONNX's number of int64. */
const INT64 = 7;

/** [T, N, 1]: 1 for the steps that a sample has. */
function maskOf(input: RuleInput): string | undefined {
  const { back, node } = input;
  if (!node.inputs[LENGTHS]) return undefined;
  const [steps = 1, batch = 1] = shapeOfInput(input, X);
  const numbers = back.reshape(back.ints(Array.from({ length: steps }, (_, t) => t)), [steps, 1]);
  const lengths = back.emit('Reshape', [lengthsOf(input), back.ints([1, batch])], [1, batch]);
  const isStep = back.emit('Less', [numbers, lengths], [steps, batch]);
  const ones = back.emit('Cast', [isStep], [steps, batch], { attributes: { to: FLOAT } });
  return back.reshape(ones, [steps, batch, 1]);
}

/** Aᵀ B */
function transposedProduct(back: Backward, a: string, b: string): string {
  const shape = [back.shapeOf(a)[1] ?? 1, back.shapeOf(b)[1] ?? 1];
  return back.emit('Gemm', [a, b], shape, { attributes: { transA: 1 } });
}

function ofRecurrentMatrix(back: Backward, found: CellGradients, before: string): string {
  const [steps = 1, batch = 1, units = 1] = back.shapeOf(before);
  const flat = (value: string): string =>
    back.reshape(value, [steps * batch, back.shapeOf(value).at(-1) ?? 1]);
  const gates = flat(found.ofRecurrent);
  const { other } = found;
  if (!other) return transposedProduct(back, gates, flat(before));
  const width = back.shapeOf(gates)[1] ?? 1;
  const sizes = [other.gate * units, width - other.gate * units];
  const [first = '', last = ''] = back.emitAll(
    'Split',
    [gates, back.ints(sizes)],
    sizes.map((size) => [steps * batch, size]),
    { attributes: { axis: 1 } },
  );
  const rows = [
    transposedProduct(back, first, flat(before)),
    transposedProduct(back, last, flat(other.state)),
  ];
  return back.emit('Concat', rows, [width, units], { attributes: { axis: 0 } });
}

/** Biases of the inputs, then those of the states. */
function ofBiases(back: Backward, { ofInput, ofRecurrent }: CellGradients): string {
  const width = back.shapeOf(ofInput).at(-1) ?? 1;
  const sums = [ofInput, ofRecurrent].map((value) =>
    back.reshape(back.sum(value, [0, 1]), [width]),
  );
  return back.emit('Concat', sums, [2 * width], { attributes: { axis: 0 } });
}

/** With an axis of directions in front. */
function joinDirections(back: Backward, values: readonly string[], shape: Shape): string {
  const [, ...one] = shape;
  const rows = values.map((value) => back.reshape(value, [1, ...one]));
  const [first = ''] = rows;
  return rows.length === 1 ? first : back.emit('Concat', rows, shape, { attributes: { axis: 0 } });
}

/** By op type. */
export const RECURRENT: Readonly<Record<string, GradientRule>> = {
  LSTM: recurrent('LSTM'),
  GRU: recurrent('GRU'),
  RNN: recurrent('RNN'),
};
