import { expect, it } from 'vitest';
import { described } from '../_described.ts';
import { NETS, n, net, w } from '../_nets.ts';

it('lets features go and keeps the state', async () => {
  expect(await described(NETS['a recurrent reader'] ?? net([], [], []))).toEqual([
    'h 8x1',
    "y 4: LSTM 'y' has them in its state",
  ]);
});

it('keeps features that make up the first state', async () => {
  const model = net(
    [1, 2, 3],
    ['t', 'd', 'n', 'h'],
    [w('a', 3, 4), w('lw', 1, 12, 3), w('lr', 1, 12, 4)],
    n('MatMul', ['x', 'a'], ['first']),
    n('GRU', ['x', 'lw', 'lr', '', '', 'first'], ['y'], { hidden_size: 4 }),
  );
  expect(await described(model)).toEqual([
    "first 4: GRU 'y' has them in its state",
    "y 4: GRU 'y' has them in its state",
  ]);
});
