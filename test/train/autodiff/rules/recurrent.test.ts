import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { type GradientCase, gradientError, gradientErrors } from '../_check-gradient.ts';

afterAll(closeSharedProcess);

const GATES = { LSTM: 4, GRU: 3, RNN: 1 } as const;
const [STEPS, BATCH, FEATURES, UNITS] = [4, 2, 3, 2];

interface Shown {
  readonly op: keyof typeof GATES;
  readonly attributes?: string;
  readonly directions?: 1 | 2;
  /** Which of B, lengths, h₀, c₀ and peepholes it is given. */
  readonly given?: readonly ('b' | 'n' | 'h' | 'c' | 'p')[];
  /** Which outputs the loss sees; all. */
  readonly seen?: readonly number[];
}

function cased({ op, attributes = '', directions = 1, given = ['b'], seen }: Shown): GradientCase {
  const width = GATES[op] * UNITS;
  const all: Record<string, string> = {
    x: `float[${STEPS},${BATCH},${FEATURES}] x`,
    w: `float[${directions},${width},${FEATURES}] w`,
    r: `float[${directions},${width},${UNITS}] r`,
    b: `float[${directions},${2 * width}] b`,
    n: `int32[${BATCH}] n`,
    h: `float[${directions},${BATCH},${UNITS}] h`,
    c: `float[${directions},${BATCH},${UNITS}] c`,
    p: `float[${directions},${3 * UNITS}] p`,
  };
  const names = [
    'x',
    'w',
    'r',
    ...['b', 'n', 'h', 'c', 'p'].map((name) => (given.some((one) => one === name) ? name : '')),
  ];
  const state = `float[${directions},${BATCH},${UNITS}]`;
  const outputs = [
    `float[${STEPS},${directions},${BATCH},${UNITS}] y0`,
    `${state} y1`,
    `${state} y2`,
  ];
  const count = op === 'LSTM' ? 3 : 2;
  const wanted = seen ?? Array.from({ length: count }, (_, at) => at);
  const results = Array.from({ length: count }, (_, at) =>
    wanted.includes(at) ? `y${at}` : `u${at}`,
  );
  const direction = directions === 2 ? ', direction = "bidirectional"' : '';
  return {
    graph: `g (${names.flatMap((name) => all[name] ?? []).join(', ')}) => (${wanted.map((at) => outputs[at]).join(', ')}) {
      ${results.join(', ')} = ${op} <hidden_size = ${UNITS}${direction}${attributes === '' ? '' : `, ${attributes}`}> (${names.join(', ').replace(/[, ]+$/, '')}) }`,
    ...(given.includes('n') && {
      fixed: { n: { type: 'int32', dims: [BATCH], data: Int32Array.of(STEPS, 2) } },
    }),
  };
}

const RESET_AFTER = 'linear_before_reset = 1';
const CASES: Readonly<Record<string, Shown>> = {
  LSTM: { op: 'LSTM' },
  'LSTM, no bias, the last state alone': { op: 'LSTM', given: [], seen: [1] },
  'LSTM, the carry alone, first states': { op: 'LSTM', given: ['b', 'h', 'c'], seen: [2] },
  'LSTM backwards': { op: 'LSTM', attributes: 'direction = "reverse"', given: ['b', 'h', 'c'] },
  'LSTM in both directions': { op: 'LSTM', directions: 2, given: ['b', 'h', 'c'] },
  'LSTM of other activations': {
    op: 'LSTM',
    attributes:
      'activations = ["HardSigmoid", "Softsign", "ScaledTanh"], activation_alpha = [0.2, 1.5], activation_beta = [0.5, 0.7]',
  },
  'LSTM, activations a direction': {
    op: 'LSTM',
    directions: 2,
    attributes:
      'activations = ["Sigmoid", "Tanh", "Tanh", "Sigmoid", "Affine", "Softplus"], activation_alpha = [0.8], activation_beta = [0.1]',
  },
  'LSTM, samples of several lengths, both directions': {
    op: 'LSTM',
    directions: 2,
    given: ['b', 'n', 'h', 'c'],
  },
  'LSTM with peepholes, both directions': {
    op: 'LSTM',
    directions: 2,
    given: ['b', 'h', 'c', 'p'],
  },
  'LSTM with peepholes, samples of several lengths': { op: 'LSTM', given: ['b', 'n', 'c', 'p'] },
  GRU: { op: 'GRU' },
  'GRU, first state, outputs alone': { op: 'GRU', given: ['b', 'h'], seen: [0] },
  'GRU, reset after': { op: 'GRU', attributes: RESET_AFTER },
  'GRU, reset after, both directions': {
    op: 'GRU',
    attributes: RESET_AFTER,
    directions: 2,
    given: ['b', 'h'],
  },
  'GRU in both directions, no bias': { op: 'GRU', directions: 2, given: ['h'] },
  'GRU, samples of several lengths, both directions': {
    op: 'GRU',
    directions: 2,
    given: ['b', 'n', 'h'],
  },
  'GRU, reset after, samples of several lengths': {
    op: 'GRU',
    attributes: RESET_AFTER,
    given: ['b', 'n', 'h'],
  },
  RNN: { op: 'RNN' },
  'RNN backwards, first state': {
    op: 'RNN',
    attributes: 'direction = "reverse"',
    given: ['b', 'h'],
  },
  'RNN in both directions, samples of several lengths': {
    op: 'RNN',
    directions: 2,
    given: ['b', 'n', 'h'],
  },
};

let errors: ReadonlyMap<string, number>;
beforeAll(async () => {
  errors = await gradientErrors(
    Object.fromEntries(Object.entries(CASES).map(([name, one]) => [name, cased(one)])),
  );
});

test.for(Object.keys(CASES))('%s', (name) => {
  expect(errors.get(name)).toBeLessThan(1e-3);
});

test('what has no rule is refused by name', async () => {
  const clipped = cased({ op: 'LSTM', attributes: 'clip = 1.0' });
  await expect(gradientError(clipped)).rejects.toThrow('LSTM with clip');
});
