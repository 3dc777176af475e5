/**
 * Which recurrent layer the body of a loop is one step of: its dataflow has to be that of the equations of
 * ONNX, whatever its nodes are named.
 *
 * Source: LSTM, GRU and RNN of ai.onnx; lstm.py, gru.py and simple_rnn.py of Keras.
 */
import type { Affine, CellView } from './cell-view.ts';

export interface Cell {
  readonly op: 'LSTM' | 'GRU' | 'RNN';
  /** Places of the variables that it carries: the output first, then the state of an LSTM. */
  readonly states: readonly number[];
  readonly units: number;
  /** The list from which each step takes its input. */
  readonly list: number;
  /** `[inputs, gates · units]`, gates in the source's order; a reference into the body. */
  readonly weights: string;
  /** `[units, gates · units]`: more than one are put side by side. */
  readonly recurrent: readonly string[];
  readonly biases: readonly string[];
  readonly recurrentBiases: readonly string[];
  /** Names of ONNX, in its order. */
  readonly activations: readonly string[];
  readonly linearBeforeReset: boolean;
}

/** Tries every cell with every choice of the variables that could be its states. */
export function matchCell(view: CellView, carried: readonly number[]): Cell | undefined {
  if (carried.length === 2) {
    const [a = 0, b = 0] = carried;
    return matchLstm(view, a, b) ?? matchLstm(view, b, a);
  }
  const [state] = carried;
  if (carried.length !== 1 || state === undefined) return undefined;
  return matchGru(view, state) ?? matchSimple(view, state);
}

/** c' = σ(f)·c + σ(i)·act(g); h' = σ(o)·act(c'); i, f, g, o are quarters of x·W + h·R + B. */
function matchLstm(view: CellView, h: number, c: number): Cell | undefined {
  const units = view.unitsOf(h);
  if (units === undefined || view.unitsOf(c) !== units) return undefined;
  const gateAt = (reference: string | undefined, index: number): string | undefined => {
    const gate = view.gate(reference, 4, units);
    return gate?.index === index ? gate.whole : undefined;
  };
  const out = view.product(view.result(h), (gate, state) => {
    const whole = gateAt(view.sigmoid(gate), 3);
    const act = view.activation(state);
    return whole && act && view.same(act.of, view.result(c))
      ? { whole, name: act.name }
      : undefined;
  });
  const state = view.sum(view.result(c), (kept, added) => {
    const forget = view.product(kept, (gate, old) =>
      view.isState(old, c) ? gateAt(view.sigmoid(gate), 1) : undefined,
    );
    const update = view.product(added, (gate, candidate) => {
      const input = gateAt(view.sigmoid(gate), 0);
      const act = view.activation(candidate);
      const whole = act && gateAt(act.of, 2);
      return input && whole && view.same(input, whole) ? { whole, name: act.name } : undefined;
    });
    return forget && update && view.same(forget, update.whole) ? update : undefined;
  });
  if (!out || !state || !view.same(out.whole, state.whole)) return undefined;
  const affine = view.affine(out.whole);
  if (!affine?.input || !affine.recurrent || !view.isState(affine.recurrent.of, h))
    return undefined;
  return {
    ...partsOf(affine),
    op: 'LSTM',
    states: [h, c],
    units,
    list: affine.input.list,
    weights: affine.input.weights,
    activations: ['Sigmoid', state.name, out.name],
    linearBeforeReset: false,
  };
}

const partsOf = ({ recurrent, biases }: Affine) => ({
  recurrent: recurrent ? [recurrent.weights] : [],
  biases,
  recurrentBiases: [] as readonly string[],
});

/** h' = z·h + (1 − z)·act(candidate), z = σ(x·Wz + h·Rz + Bz). */
function matchGru(view: CellView, h: number): Cell | undefined {
  const units = view.unitsOf(h);
  if (units === undefined) return undefined;
  const found = view.sum(view.result(h), (kept, added) =>
    view.product(kept, (update, old) =>
      view.isState(old, h)
        ? view.product(added, (rest, candidate) =>
            view.isComplement(rest, update) ? { update, candidate } : undefined,
          )
        : undefined,
    ),
  );
  const act = view.activation(found?.candidate);
  const update = view.sigmoid(found?.update);
  if (!act || update === undefined) return undefined;
  const after = candidateAfter(view, act.of, units);
  const before = after ? undefined : candidateBefore(view, act.of, h, units);
  const candidate = after ?? before;
  if (!candidate) return undefined;
  const count = after ? 3 : 2;
  const isGate = (reference: string | undefined, index: number): boolean =>
    view.sum(reference, (x, state) => {
      const [left, right] = [view.gate(x, 3, units), view.gate(state, count, units)];
      const fits = left?.index === index && right?.index === index;
      return fits && view.same(left.whole, candidate.x) && view.same(right.whole, candidate.state)
        ? true
        : undefined;
    }) ?? false;
  if (!isGate(update, 0) || !isGate(view.sigmoid(candidate.reset), 1)) return undefined;
  const input = view.affine(candidate.x);
  const state = view.affine(candidate.state);
  if (!input?.input || input.recurrent || !state?.recurrent || state.input) return undefined;
  if (!view.isState(state.recurrent.of, h)) return undefined;
  if (before && state.biases.length > 0) return undefined;
  return {
    op: 'GRU',
    states: [h],
    units,
    list: input.input.list,
    weights: input.input.weights,
    recurrent: [state.recurrent.weights, ...(before ? [before.weights] : [])],
    biases: input.biases,
    recurrentBiases: state.biases,
    activations: ['Sigmoid', act.name],
    linearBeforeReset: after !== undefined,
  };
}

interface Candidate {
  /** What the input is a third of, and the state. */
  readonly x: string;
  readonly state: string;
  readonly reset: string;
}

/** x·Wh + r · (h·Rh + Bh) */
function candidateAfter(view: CellView, reference: string, units: number): Candidate | undefined {
  return view.sum(reference, (x, product) => {
    const input = view.gate(x, 3, units);
    const found = view.product(product, (reset, state) => {
      const part = view.gate(state, 3, units);
      return part?.index === 2 && view.sigmoid(reset) !== undefined
        ? { reset, state: part.whole }
        : undefined;
    });
    return input?.index === 2 && found ? { x: input.whole, ...found } : undefined;
  });
}

/** x·Wh + (r · h)·Rh; the other two gates have weights of their own. */
function candidateBefore(
  view: CellView,
  reference: string,
  h: number,
  units: number,
): (Candidate & { readonly weights: string }) | undefined {
  return view.sum(reference, (x, product) => {
    const input = view.gate(x, 3, units);
    const affine = view.affine(product);
    if (input?.index !== 2 || !affine?.recurrent || affine.input || affine.biases.length > 0)
      return undefined;
    const { of, weights } = affine.recurrent;
    const reset = view.product(of, (gate, state) => (view.isState(state, h) ? gate : undefined));
    const state = reset && wholeOfReset(view, view.sigmoid(reset), units);
    return reset && state ? { x: input.whole, state, reset, weights } : undefined;
  });
}

/** What the state's part of the reset gate is the second half of. */
const wholeOfReset = (
  view: CellView,
  reference: string | undefined,
  units: number,
): string | undefined =>
  view.sum(reference, (x, state) =>
    view.gate(x, 3, units) ? view.gate(state, 2, units)?.whole : undefined,
  );

/** h' = act(x·W + h·R + B) */
function matchSimple(view: CellView, h: number): Cell | undefined {
  const units = view.unitsOf(h);
  const act = view.activation(view.result(h));
  if (units === undefined || !act) return undefined;
  const affine = view.affine(act.of);
  if (!affine?.input || !affine.recurrent) return undefined;
  if (!view.isState(affine.recurrent.of, h)) return undefined;
  return {
    ...partsOf(affine),
    op: 'RNN',
    states: [h],
    units,
    list: affine.input.list,
    weights: affine.input.weights,
    activations: [act.name],
    linearBeforeReset: false,
  };
}
