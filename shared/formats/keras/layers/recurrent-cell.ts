/** Cells of recurrent layers: one step, as Keras computes it. */
import type { Builder } from '../../build/builder.ts';
import { isFixed } from '../../build/dims.ts';
import { arithmetic } from '../../build/elementwise.ts';
import { splitEvenly } from '../../build/join.ts';
import { matmul } from '../../build/matmul.ts';
import type { ScanStep } from '../../build/scan.ts';
import { slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { activateBy } from '../activation.ts';
import { snakeCase } from '../class-path.ts';
import { flagOf, isList, isObject, numberOf, weightsOf } from '../config.ts';
import type { Json, JsonObject, LayerCall, LayerWeights } from '../layer.ts';

/** One step over `[N, features]`. */
export interface Cell {
  /** The sizes of its states; the first is that of its output. */
  readonly states: readonly number[];
  readonly step: (b: Builder, x: Value, states: readonly Value[]) => ScanStep;
}

/** Defaults of an LSTM and a GRU where the file says nothing. */
export const WITH_ACTIVATIONS: JsonObject = { activation: 'tanh', recurrent_activation: 'sigmoid' };

/** Cells inside of cells (CWE-674). */
const MAX_CELLS = 256;

/** The activation of a configuration inside of the body of a loop. */
function activated(call: LayerCall, b: Builder, config: JsonObject, x: Value, key: string): Value {
  const apply = (): never => {
    throw new Unconvertible(`its "${key}" is a layer`);
  };
  return activateBy({ ...call, b, config: { ...WITH_ACTIVATIONS, ...config }, apply }, x, key);
}

const add = (b: Builder, x: Value, y: Value): Value => arithmetic(b, 'Add', x, y);
const multiply = (b: Builder, x: Value, y: Value): Value => arithmetic(b, 'Mul', x, y);

/** `x · kernel + bias`. */
const product = (b: Builder, x: Value, kernel: Value, bias: Value | undefined): Value =>
  bias ? add(b, matmul(b, x, kernel), bias) : matmul(b, x, kernel);

type MakeCell = (call: LayerCall, config: JsonObject, weights: LayerWeights) => Cell;

function parametersOf(
  config: JsonObject,
  weights: LayerWeights,
): { kernel: Value; recurrent: Value; bias: Value | undefined; units: number } {
  const [kernel, recurrent, bias] = weightsOf(
    { weights },
    flagOf(config, 'use_bias', true) ? 3 : 2,
  );
  if (!kernel || !recurrent) throw new Unconvertible('it has no kernels');
  const [units] = recurrent.sizes;
  if (!isFixed(units)) throw new Unconvertible('its kernels have free sizes');
  return { kernel, recurrent, bias, units };
}

const simpleCell: MakeCell = (call, config, weights) => {
  const { kernel, recurrent, bias, units } = parametersOf(config, weights);
  return {
    states: [units],
    step: (b, x, [h]) => {
      if (!h) throw new Unconvertible('it has no state');
      const sum = add(b, product(b, x, kernel, bias), matmul(b, h, recurrent));
      const output = activated(call, b, config, sum, 'activation');
      return { output, states: [output] };
    },
  };
};

const lstmCell: MakeCell = (call, config, weights) => {
  const { kernel, recurrent, bias, units } = parametersOf(config, weights);
  return {
    states: [units, units],
    step: (b, x, [h, c]) => {
      if (!h || !c) throw new Unconvertible('it has no two states');
      const sum = add(b, product(b, x, kernel, bias), matmul(b, h, recurrent));
      return lstmStep(b, splitEvenly(b, sum, 4, -1), c, (value, key) =>
        activated(call, b, config, value, key),
      );
    },
  };
};

/** The gates of an LSTM, i f c o, put together. */
export function lstmStep(
  b: Builder,
  [i, f, g, o]: readonly Value[],
  c: Value,
  activate: (x: Value, key: string) => Value,
): ScanStep {
  if (!i || !f || !g || !o) throw new Unconvertible('it has no four gates');
  const kept = multiply(b, activate(f, 'recurrent_activation'), c);
  const added = multiply(b, activate(i, 'recurrent_activation'), activate(g, 'activation'));
  const carry = add(b, kept, added);
  const output = multiply(b, activate(o, 'recurrent_activation'), activate(carry, 'activation'));
  return { output, states: [output, carry] };
}

const gruCell: MakeCell = (call, config, weights) => {
  const { kernel, recurrent, bias, units } = parametersOf(config, weights);
  const isResetAfter = flagOf(config, 'reset_after', call.keras === 3);
  return {
    states: [units],
    step: (b, x, [h]) => {
      if (!h) throw new Unconvertible('it has no state');
      const gate = (value: Value): Value =>
        activated(call, b, config, value, 'recurrent_activation');
      const row = (index: number): Value | undefined => {
        if (!bias || bias.rank === 1) return index === 0 ? bias : undefined;
        const part = slice(b, bias, [{ axis: 0, start: index, end: index + 1, step: 1 }]);
        return part;
      };
      const [xz, xr, xh] = splitEvenly(b, product(b, x, kernel, row(0)), 3, -1);
      if (!xz || !xr || !xh) throw new Unconvertible('it has no three gates');
      const columns = (start: number, end: number): Value =>
        slice(b, recurrent, [{ axis: 1, start: start * units, end: end * units, step: 1 }]);
      let [hz, hr, hh]: (Value | undefined)[] = [];
      if (isResetAfter) [hz, hr, hh] = splitEvenly(b, product(b, h, recurrent, row(1)), 3, -1);
      else [hz, hr] = splitEvenly(b, matmul(b, h, columns(0, 2)), 2, -1);
      if (!hz || !hr) throw new Unconvertible('it has no three gates');
      const z = gate(add(b, xz, hz));
      const r = gate(add(b, xr, hr));
      const inner = hh ? multiply(b, r, hh) : matmul(b, multiply(b, r, h), columns(2, 3));
      const candidate = activated(call, b, config, add(b, xh, inner), 'activation');
      const rest = arithmetic(b, 'Sub', b.scalar(1, z.type), z);
      const output = add(b, multiply(b, z, h), multiply(b, rest, candidate));
      return { output, states: [output] };
    },
  };
};

const stackedCells: MakeCell = (call, config, weights) => {
  const list = isList(config.cells) ? config.cells : [];
  if (list.length === 0 || list.length > MAX_CELLS)
    throw new Unconvertible(`it has ${list.length} cells`);
  const counts = new Map<string, number>();
  const cells = list.map((entry) => {
    const base = snakeCase(isObject(entry) ? String(entry.class_name) : '');
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    return cellOf(call, entry, (name) =>
      weights.child(`cells/${count === 0 ? base : `${base}_${count}`}`, name),
    );
  });
  return {
    states: cells.flatMap(({ states }) => states),
    step: (b, x, states) => {
      const next: Value[] = [];
      let flow = x;
      let at = 0;
      for (const cell of cells) {
        const made = cell.step(b, flow, states.slice(at, at + cell.states.length));
        at += cell.states.length;
        next.push(...made.states);
        flow = made.output;
      }
      return { output: flow, states: next };
    },
  };
};

const CELLS: Readonly<Record<string, MakeCell>> = {
  SimpleRNNCell: simpleCell,
  LSTMCell: lstmCell,
  GRUCell: gruCell,
  StackedRNNCells: stackedCells,
};

/** The cell of a layer: `SimpleRNNCell` for `SimpleRNN`. @throws Unconvertible for a class that is not known */
export function makeCell(
  call: LayerCall,
  className: string,
  config: JsonObject,
  weights: LayerWeights,
): Cell {
  const make = Object.hasOwn(CELLS, className) ? CELLS[className] : undefined;
  if (!make)
    throw new Unconvertible(
      `its cell "${className}" is a class of your own`,
      'Write it with cells of Keras, or export the model as a SavedModel and convert that.',
    );
  return make(call, config, weights);
}

/** A cell in serialized form. */
export function cellOf(
  call: LayerCall,
  entry: Json | undefined,
  weights: (name: string | undefined) => LayerWeights,
): Cell {
  if (!isObject(entry) || typeof entry.class_name !== 'string' || !isObject(entry.config))
    throw new Unconvertible('it holds no cell');
  const className = entry.class_name.includes('>')
    ? entry.class_name
    : entry.class_name.split('.').at(-1);
  const { name } = entry.config;
  return makeCell(
    call,
    className ?? '',
    entry.config,
    weights(typeof name === 'string' ? name : undefined),
  );
}

/** Units of a layer, for messages and shapes. */
export const unitsOf = (config: JsonObject): number => numberOf(config, 'units');
