import { expect, it } from 'vitest';
import { activationsOf, isResetAfter } from '../../../../shared/formats/keras/layers/recurrent.ts';
import { casesOfFile, convertCase, errorOfCase, TOLERANCE } from '../_cases.ts';

it.each(casesOfFile('recurrent'))('$name gives what Keras gives', async (item) => {
  expect(await errorOfCase(item)).toBeLessThanOrEqual(TOLERANCE);
});

it('activations that the operators of ONNX do not know are left to the loop', () => {
  expect(activationsOf('LSTM', { activation: 'gelu' }, 3)).toBeUndefined();
  expect(activationsOf('GRU', { recurrent_activation: 'hard_sigmoid' }, 2)).toEqual([
    { name: 'HardSigmoid', alpha: 0.2, beta: 0.5 },
    { name: 'Tanh' },
  ]);
});

it('a GRU that says nothing applies its reset gate as its version does', () => {
  expect([isResetAfter({}, 2), isResetAfter({}, 3)]).toEqual([false, true]);
});

it.each(['LSTM', 'GRU', 'SimpleRNN'])('%s becomes an operator of ONNX, not a loop', (name) => {
  const item = casesOfFile('recurrent').find((other) => other.name === name);
  if (!item) throw new Error('the case is gone');
  const ops = convertCase(item).model.graph.nodes.map(({ opType }) => opType);
  expect(ops).toContain(name === 'SimpleRNN' ? 'RNN' : name);
  expect(ops).not.toContain('Scan');
});
