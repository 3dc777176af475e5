/** A While whose body is one step of an LSTM, a GRU or a simple RNN → that operator. */
import type { Attribute } from '../../../../onnx/model.ts';
import type { Builder } from '../../../build/builder.ts';
import { cast, int64Name } from '../../../build/cast.ts';
import { arithmetic } from '../../../build/elementwise.ts';
import { concat } from '../../../build/join.ts';
import { reshape, squeeze, unsqueeze } from '../../../build/reshape.ts';
import type { Value } from '../../../build/value.ts';
import { isValue, type TfValue } from '../../op.ts';
import { isLengthOf, listOf, stacked } from '../list-ops.ts';
import { TensorList } from '../list-value.ts';
import { collect, counted } from '../loop-results.ts';
import type { WhileLoop } from '../while-loop.ts';
import { CellView } from './cell-view.ts';
import { gateBias, gateWeights } from './gate-weights.ts';
import { type Cell, matchCell } from './match-cell.ts';

/** At place `i` of ONNX the number of the gate in Keras: i, f, c, o become i, o, f, c. */
const GATE_ORDER = { LSTM: [0, 3, 1, 2], GRU: [0, 1, 2], RNN: [0] } as const;

const DEFAULT_ACTIVATIONS = { LSTM: 'Sigmoid,Tanh,Tanh', GRU: 'Sigmoid,Tanh', RNN: 'Tanh' };

/** How a list gets the outputs: all of them, or the last one at place 0. */
type Written = 'each' | 'last';

/** The variables behind the loop; `undefined` when it is not exactly such a layer. */
export function fuseRnn(loop: WhileLoop): TfValue[] | undefined {
  const { starts, invariant, counters, trips } = loop;
  if (!trips) return undefined;
  const view = new CellView(loop);
  const carried: number[] = [];
  const lists: number[] = [];
  for (const [place, start] of starts.entries()) {
    if (invariant.has(place) || counters.has(place)) continue;
    (isValue(start) ? carried : lists).push(place);
  }
  const cell = matchCell(view, carried);
  if (!cell) return undefined;
  const written = new Map<number, Written>();
  for (const place of lists) {
    const how = howWritten(view, cell, place);
    if (!how) return undefined;
    written.set(place, how);
  }
  const made = emitCell(loop, cell, trips);
  if (!made) return undefined;
  return starts.map((start, place) => {
    const state = cell.states.indexOf(place);
    if (state >= 0) return made.last[state] ?? start;
    const how = written.get(place);
    if (how === 'last') return listOf(made.lastRow);
    if (how === 'each' && start instanceof TensorList) return collect(loop, start, made.all);
    return counters.has(place) ? counted(loop, place) : start;
  });
}

/** How the body writes its output to a list that it does not read. */
function howWritten(view: CellView, cell: Cell, place: number): Written | undefined {
  const { body, starts } = view.loop;
  const start = starts[place];
  const node = body.made(view.result(place), 'TensorListSetItem', 'TensorArrayWriteV3');
  if (!node || !(start instanceof TensorList) || !start.isBlank) return undefined;
  const [first, index, element, flow] = node.inputs;
  const list = node.op === 'TensorListSetItem' ? first : flow;
  if (body.parameter(list) !== place || !view.same(element, view.result(cell.states[0] ?? -1)))
    return undefined;
  if (view.isStepNumber(index)) return 'each';
  return body.numbers(index)?.[0] === 0 && start.size === 1 ? 'last' : undefined;
}

interface Made {
  /** `[T, N, units]` */
  readonly all: Value;
  /** `[1, N, units]` */
  readonly lastRow: Value;
  /** The states behind the last step, `[N, units]` each. */
  readonly last: readonly Value[];
}

function emitCell(loop: WhileLoop, cell: Cell, trips: Value): Made | undefined {
  const { b } = loop.context;
  const { op, units } = cell;
  const weights = weightsOf(loop, cell);
  const x = inputOf(loop, cell, trips);
  const first = cell.states.map((place) => loop.starts[place]);
  if (!weights || !x || !first.every(isValue)) return undefined;
  const initial = first.map((state) => b.hold(unsqueeze(b, state, [0])));
  const count = op === 'LSTM' ? 3 : 2;
  const attributes = {
    hidden_size: units,
    ...(cell.linearBeforeReset && { linear_before_reset: 1 }),
    ...activationsOf(cell),
  };
  const inputs = [b.hold(x), b.hold(weights.input), b.hold(weights.recurrent)];
  const bias = weights.bias ? b.hold(weights.bias) : '';
  const names = b.node(op, [...inputs, bias, '', ...initial], attributes, count);
  const [steps = null, batch = null] = x.sizes;
  const [all, ...states] = names;
  const last = states.map((name) => b.named(name, 'float32', [1, batch, units]));
  return {
    all: squeeze(b, b.named(all ?? '', 'float32', [steps, 1, batch, units]), [1]),
    lastRow: last[0] as Value,
    last: last.map((state) => squeeze(b, state, [0])),
  };
}

function activationsOf({ op, activations }: Cell): { activations?: Attribute } {
  if (activations.join() === DEFAULT_ACTIVATIONS[op]) return {};
  const encoder = new TextEncoder();
  const value = activations.map((name) => encoder.encode(name));
  return { activations: { type: 'strings', value } };
}

/** The inputs of all steps, `[T, N, inputs]`. */
function inputOf({ context, starts }: WhileLoop, { list }: Cell, trips: Value): Value | undefined {
  const { b } = context;
  const start = starts[list];
  if (!(start instanceof TensorList) || start.isBlank) return undefined;
  const x = stacked(b, start);
  if (x.type !== 'float32' || x.shape?.length !== 3) return undefined;
  if (isLengthOf(start, trips)) return x;
  // Fewer steps than inputs are possible; more would be an error in TensorFlow.
  const end = int64Name(b, reshape(b, cast(b, trips, 'int64'), [1]));
  const shape = x.shape.with(0, trips.known?.[0] ?? null);
  return b.emit('Slice', [b.hold(x), b.ints([0]), end, b.ints([0])], x.type, shape);
}

interface Weights {
  readonly input: Value;
  readonly recurrent: Value;
  readonly bias: Value | undefined;
}

function weightsOf(loop: WhileLoop, cell: Cell): Weights | undefined {
  const { context, body, starts, invariant } = loop;
  const { b } = context;
  const given = starts.map((value, place) => (invariant.has(place) ? value : undefined));
  const references = [cell.weights, ...cell.recurrent, ...cell.biases, ...cell.recurrentBiases];
  const values = context.call(body.name, given, b, references);
  if (!values.every(isValue)) return undefined;
  const [input, ...rest] = values;
  const recurrentParts = rest.splice(0, cell.recurrent.length);
  const biases = rest.splice(0, cell.biases.length);
  const recurrent = recurrentParts.length > 1 ? concat(b, recurrentParts, 1) : recurrentParts[0];
  const width = GATE_ORDER[cell.op].length * cell.units;
  if (recurrentParts.length > 1 && recurrentParts[1]?.shape?.[1] !== cell.units) return undefined;
  if (!input || !recurrent || input.shape?.length !== 2 || input.shape[1] !== width)
    return undefined;
  if (recurrent.shape?.join() !== [cell.units, width].join()) return undefined;
  if ([...biases, ...rest].some(({ shape }) => shape?.join() !== String(width))) return undefined;
  const order = GATE_ORDER[cell.op];
  return {
    input: gateWeights(b, input, order),
    recurrent: gateWeights(b, recurrent, order),
    bias: biasOf(b, biases, rest, order, width),
  };
}

/** Both biases one after the other, `[1, 2 · gates · units]`. */
function biasOf(
  b: Builder,
  biases: readonly Value[],
  recurrent: readonly Value[],
  order: readonly number[],
  width: number,
): Value | undefined {
  if (biases.length + recurrent.length === 0) return undefined;
  const halves = [biases, recurrent].map(([first, ...rest]) =>
    first
      ? gateBias(
          b,
          rest.reduce((sum, bias) => arithmetic(b, 'Add', sum, bias), first),
          order,
        )
      : b.numbers(
          Array.from({ length: width }, () => 0),
          'float32',
        ),
  );
  return unsqueeze(b, concat(b, halves, 0), [0]);
}
