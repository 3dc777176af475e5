import { expect, it } from 'vitest';
import { caseOf, expectSame } from '../_compare.ts';

it.each([
  'lstm',
  'lstm_time_major',
  'lstm_coupled',
  'lstm_peepholes',
  'lstm_coupled_peepholes',
  'lstm_bidirectional_merged',
])('%s is one LSTM a direction, its weights constants', async (name) => {
  const { graph } = await expectSame(caseOf(name));
  const layers = graph.nodes.filter(({ opType }) => opType === 'LSTM');
  expect(layers).toHaveLength(name.includes('bidirectional') ? 2 : 1);
  for (const { inputs } of layers) {
    expect(graph.initializers.get(inputs[1] ?? '')?.dims).toEqual([1, 16, 3]);
    expect(graph.initializers.get(inputs[2] ?? '')?.dims).toEqual([1, 16, 4]);
    expect(graph.initializers.get(inputs[3] ?? '')?.dims).toEqual([1, 32]);
  }
});
