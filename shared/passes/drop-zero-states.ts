/** First states of LSTM, GRU and RNN that are zero: they need not be given. */
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Match } from '../rewrite/match.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { rule } from '../rewrite/rule.ts';
import { isAllZero } from './shared/all-zero.ts';

/** Positions of `initial_h` and `initial_c`. */
const STATES = [5, 6];

const zeroStates = rule<readonly string[]>({
  name: 'zero-states',
  identity: 'LSTM(x, W, R, B, lengths, 0, 0) = LSTM(x, W, R, B, lengths)',
  pattern: op(['LSTM', 'GRU', 'RNN'], [any('x')]),
  check: (match, context) => withoutZeroStates(match, context),
  rewrite: ({ root }, inputs, { editor }) => {
    editor.update(root, { inputs });
  },
});

function withoutZeroStates({ root }: Match, context: GraphContext): readonly string[] | null {
  const inputs = root.inputs.map((name, position) =>
    STATES.includes(position) && name !== '' && isAllZero(name, context) ? '' : name,
  );
  if (inputs.every((name, position) => name === root.inputs[position])) return null;
  return inputs.slice(0, inputs.findLastIndex((name) => name !== '') + 1);
}

export const dropZeroStates = rulePass(
  'drop-zero-states',
  'LSTM with first states of zero = LSTM without first states',
  [zeroStates],
  { needsTypes: false },
);
