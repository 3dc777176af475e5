import { expect, test } from 'vitest';
import { floatsAttribute, makeNode } from '../../../../shared/onnx/make-node.ts';
import { activationsOf } from '../../../../shared/train/autodiff/rules/recurrent-activation.ts';

const names = (...values: string[]) => ({
  type: 'strings' as const,
  value: values.map((value) => new TextEncoder().encode(value)),
});

test('parameters go to the activations that have some, in their order', () => {
  const node = makeNode('LSTM', ['x', 'w', 'r'], ['y'], {
    activations: names('HardSigmoid', 'Tanh', 'LeakyRelu', 'Sigmoid', 'HardSigmoid', 'Relu'),
    activation_alpha: floatsAttribute([0.5, 0.25]),
    activation_beta: floatsAttribute([0.75]),
  });
  expect(activationsOf(node, ['Sigmoid', 'Tanh', 'Tanh'], 2)).toEqual([
    [
      { name: 'HardSigmoid', alpha: 0.5, beta: 0.75 },
      { name: 'Tanh', alpha: 0, beta: 0 },
      { name: 'LeakyRelu', alpha: 0.25, beta: 0 },
    ],
    [
      { name: 'Sigmoid', alpha: 0, beta: 0 },
      { name: 'HardSigmoid', alpha: 0.2, beta: 0.5 },
      { name: 'Relu', alpha: 0, beta: 0 },
    ],
  ]);
});

test('where none are named, each direction has those of the op', () => {
  const all = activationsOf(makeNode('GRU', ['x', 'w', 'r'], ['y']), ['Sigmoid', 'Tanh'], 2);
  expect(all.flat().map(({ name }) => name)).toEqual(['Sigmoid', 'Tanh', 'Sigmoid', 'Tanh']);
});

test('an activation without a slope is refused by name', () => {
  const node = makeNode('RNN', ['x', 'w', 'r'], ['y'], { activations: names('Step') });
  expect(() => activationsOf(node, ['Tanh'], 1)).toThrow('RNN with Step');
});
