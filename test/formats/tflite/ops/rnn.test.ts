import { expect, it } from 'vitest';
import { caseOf, expectSame } from '../_compare.ts';

it.each([
  ['rnn_tanh', 'Tanh'],
  ['rnn_relu_time_major', 'Relu'],
])('%s is one RNN with its activation', async (name, activation) => {
  const { graph } = await expectSame(caseOf(name));
  const layer = graph.nodes.find(({ opType }) => opType === 'RNN');
  const attribute = layer?.attributes.get('activations');
  const names = attribute?.type === 'strings' ? attribute.value : [];
  expect(names.map((item) => new TextDecoder().decode(item))).toEqual([activation]);
});
