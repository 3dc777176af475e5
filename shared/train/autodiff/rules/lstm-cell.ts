/** The cell of an LSTM. */
import type { Backward } from '../backward.ts';
import { scan } from '../scan.ts';
import { plus, times } from './arithmetic.ts';
import { activate } from './recurrent-activation.ts';
import {
  byRecurrent,
  type Cell,
  type CellInput,
  join,
  masked,
  present,
  product,
  rest,
  shapes,
  shifted,
  split,
} from './recurrent-cell.ts';

/** i o f c; c' = f c + i g, h = o tanh(c'). With peepholes i and f see the carry before the step, o that behind it. */
export const lstm: Cell = (input) => {
  const { back, activations, fromInput, before, recurrent, carry, ofState, ofCarry, mask } = input;
  const [, batch, units] = shapes(input);
  const whole = plus(back, fromInput, byRecurrent(input, before, recurrent, input.recurrentBias));
  const [xi = '', xo = '', xf = '', xc = ''] = split(back, whole, 4);
  const [pi, po, pf] = input.peepholes === undefined ? [] : split(back, input.peepholes, 3);
  const [gate, inner, outer] = activations;
  const g = activate(back, inner, xc);
  const carries = carriesOf(input, { xi, xf, g: g.value, pi, pf });
  const carriesBefore = shifted(back, carry, carries);
  const i = activate(back, gate, peeking(back, xi, pi, carriesBefore));
  const o = activate(back, gate, peeking(back, xo, po, carries));
  const f = activate(back, gate, peeking(back, xf, pf, carriesBefore));
  const shown = activate(back, outer, carries);
  const [ofI, ofO, ofF] = [i.through(g.value), o.through(shown.value), f.through(carriesBefore)];
  const all = masked(input, join(back, [ofI, ofO, ofF, g.through(i.value)]));
  const toCarry = masked(input, peeking(back, shown.through(o.value), po, ofO));
  const seen = peeking(back, peeking(back, f.value, pi, ofI), pf, ofF);
  const kept = masked(input, seen, 1);
  const ofOutputs = input.ofOutputs && masked(input, input.ofOutputs);
  const held = mask && rest(input, mask);
  const { states, results } = scan(back, {
    states: [ofState, ofCarry],
    sequences: present(all, toCarry, kept, ofOutputs, held),
    isBackward: true,
    step: (body, [h = '', c = ''], [factors = '', down = '', keep = '', ...others]) => {
      const dh = ofOutputs ? plus(body, h, others[0] ?? '') : h;
      const dc = plus(body, c, times(body, dh, down));
      const gates = times(body, join(body, [dc, dh, dc, dc]), factors);
      const next = product(body, gates, recurrent);
      const passed = held && body.emit('Mul', [h, others.at(-1) ?? ''], [batch, units]);
      return {
        states: [passed ? plus(body, next, passed) : next, times(body, dc, keep)],
        results: [gates],
      };
    },
  });
  const [gates = ''] = results;
  const [ofInitialState = '', ofInitialCarry = ''] = states;
  const ofPeepholes = (): string => {
    const [di = '', dO = '', df = ''] = split(back, gates, 4);
    const looks = [times(back, di, carriesBefore), times(back, dO, carries)];
    const sums = [...looks, times(back, df, carriesBefore)].map((look) => back.sum(look, [0, 1]));
    return back.reshape(join(back, sums), [3 * units]);
  };
  return {
    ofInput: gates,
    ofRecurrent: gates,
    ofInitialState,
    ofInitialCarry,
    ...(input.peepholes !== undefined && { ofPeepholes: ofPeepholes() }),
  };
};

/** value + peephole · carry */
const peeking = (back: Backward, value: string, peephole: string | undefined, carry: string) =>
  peephole === undefined ? value : plus(back, value, times(back, carry, peephole));

/** [T, N, H]: the carry behind each step. */
function carriesOf(
  input: CellInput,
  parts: {
    readonly xi: string;
    readonly xf: string;
    readonly g: string;
    readonly pi: string | undefined;
    readonly pf: string | undefined;
  },
): string {
  const { back, carry, activations } = input;
  const { xi, xf, g, pi, pf } = parts;
  const [gate] = activations;
  const step = (body: Backward, c: string, keep: string, add: string): string =>
    plus(body, times(body, keep, c), add);
  if (pi === undefined) {
    const kept = masked(input, activate(back, gate, xf).value, 1);
    const added = masked(input, times(back, activate(back, gate, xi).value, g));
    const { results } = scan(back, {
      states: [carry],
      sequences: [kept, added],
      step: (body, [c = ''], [keep = '', add = '']) => {
        const next = step(body, c, keep, add);
        return { states: [next], results: [next] };
      },
    });
    return results[0] ?? '';
  }
  // Beyond the last step of a sample its carry does not matter: nothing flows back from there.
  const { results } = scan(back, {
    states: [carry],
    sequences: [xi, xf, g],
    step: (body, [c = ''], [ownI = '', ownF = '', ownG = '']) => {
      const i = activate(body, gate, peeking(body, ownI, pi, c));
      const f = activate(body, gate, peeking(body, ownF, pf, c));
      const next = step(body, c, f.value, times(body, i.value, ownG));
      return { states: [next], results: [next] };
    },
  });
  return results[0] ?? '';
}
