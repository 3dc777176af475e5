/** The cell of a GRU. */
import { scan } from '../scan.ts';
import { minus, plus, times } from './arithmetic.ts';
import { activate } from './recurrent-activation.ts';
import {
  byRecurrent,
  type Cell,
  join,
  masked,
  present,
  product,
  shapes,
  split,
} from './recurrent-cell.ts';

/** z r h; h' = (1 − z) g + z h, the reset gate behind the matrix: g = g(x + r (R h + b)), or before it: g(x + R (r h) + b) */
export const gru =
  (isResetAfter: boolean): Cell =>
  (input) => {
    const { back, activations, fromInput, before, recurrent, recurrentBias, ofState } = input;
    const [, , units] = shapes(input);
    const rows = (value: string, from: number, to: number): string => {
      const [, ...others] = back.shapeOf(value);
      const places = [[from * units], [to * units], [0]].map((numbers) => back.ints(numbers));
      return back.emit('Slice', [value, ...places], [(to - from) * units, ...others]);
    };
    const [gateRows, lastRows] = [rows(recurrent, 0, 2), rows(recurrent, 2, 3)];
    const [xz = '', xr = '', xh = ''] = split(back, fromInput, 3);
    const gated = byRecurrent(input, before, gateRows, rows(recurrentBias, 0, 2));
    const [hz = '', hr = ''] = split(back, gated, 2);
    const z = activate(back, activations[0], plus(back, xz, hz));
    const r = activate(back, activations[0], plus(back, xr, hr));
    const reset = times(back, r.value, before);
    const lastBias = rows(recurrentBias, 2, 3);
    const last = byRecurrent(input, isResetAfter ? before : reset, lastRows, lastBias);
    const inner = plus(back, xh, isResetAfter ? times(back, r.value, last) : last);
    const g = activate(back, activations[1], inner);
    const toInner = masked(input, g.through(minus(back, back.scalar(1), z.value)));
    const toZ = masked(input, z.through(minus(back, before, g.value)));
    const toR = r.through(isResetAfter ? last : before);
    const kept = masked(input, z.value, 1);
    const ofOutputs = input.ofOutputs && masked(input, input.ofOutputs);
    const { states, results } = scan(back, {
      states: [ofState],
      sequences: present(toInner, toZ, toR, kept, r.value, ofOutputs),
      isBackward: true,
      step: (body, [h = ''], [ofG = '', ofZ = '', ofR = '', keep = '', resetBy = '', given]) => {
        const dh = given === undefined ? h : plus(body, h, given);
        const [dg, dz] = [times(body, dh, ofG), times(body, dh, ofZ)];
        const straight = times(body, dh, keep);
        if (isResetAfter) {
          const dr = times(body, dg, ofR);
          const recurrently = join(body, [dz, dr, times(body, dg, resetBy)]);
          return {
            states: [plus(body, straight, product(body, recurrently, recurrent))],
            results: [join(body, [dz, dr, dg]), recurrently],
          };
        }
        const through = product(body, dg, lastRows);
        const dr = times(body, through, ofR);
        const gates = product(body, join(body, [dz, dr]), gateRows);
        const next = plus(body, plus(body, straight, times(body, through, resetBy)), gates);
        return { states: [next], results: [join(body, [dz, dr, dg])] };
      },
    });
    const [ofInput = '', recurrently] = results;
    return {
      ofInput,
      ofRecurrent: recurrently ?? ofInput,
      ofInitialState: states[0] ?? '',
      ...(!isResetAfter && { other: { gate: 2, state: reset } }),
    };
  };
