/** The cell of an RNN. */
import { scan } from '../scan.ts';
import { plus, times } from './arithmetic.ts';
import { activate } from './recurrent-activation.ts';
import {
  byRecurrent,
  type Cell,
  masked,
  present,
  product,
  rest,
  shapes,
} from './recurrent-cell.ts';

/** h' = f(x + R h) */
export const rnn: Cell = (input) => {
  const { back, activations, fromInput, before, recurrent, ofState, mask } = input;
  const [, batch, units] = shapes(input);
  const whole = plus(back, fromInput, byRecurrent(input, before, recurrent, input.recurrentBias));
  const slope = masked(input, activate(back, activations[0], whole).through(back.scalar(1)));
  const ofOutputs = input.ofOutputs && masked(input, input.ofOutputs);
  const held = mask && rest(input, mask);
  const { states, results } = scan(back, {
    states: [ofState],
    sequences: present(slope, ofOutputs, held),
    isBackward: true,
    step: (body, [h = ''], [factors = '', ...others]) => {
      const dh = ofOutputs ? plus(body, h, others[0] ?? '') : h;
      const gate = times(body, dh, factors);
      const next = product(body, gate, recurrent);
      const passed = held && body.emit('Mul', [h, others.at(-1) ?? ''], [batch, units]);
      return { states: [passed ? plus(body, next, passed) : next], results: [gate] };
    },
  });
  const [gate = ''] = results;
  return { ofInput: gate, ofRecurrent: gate, ofInitialState: states[0] ?? '' };
};
