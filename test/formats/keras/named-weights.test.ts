import { expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import type { LayerWeights } from '../../../shared/formats/keras/layer.ts';
import { groupedWeights, namedWeights } from '../../../shared/formats/keras/named-weights.ts';
import { float32Tensor } from '../../../shared/onnx/make-tensor.ts';

const tensors = (names: readonly string[]) => names.map((name) => float32Tensor(name, [1], [0]));
const namesOf = ({ own }: LayerWeights) => own.map((value) => value.constant?.name);

const b = Builder.root(17);
const all = namedWeights(
  b,
  tensors([
    'dense/kernel:0',
    'dense/bias:0',
    'bi/forward_lstm/lstm_cell_1/kernel:0',
    'bi/backward_lstm/lstm_cell_2/kernel:0',
    'mha/query/kernel:0',
    'mha/key/kernel:0',
    'inner_dense/kernel:0',
    'td/kernel:0',
    'a/b/kernel:0',
  ]),
);

it.each([
  ['a layer', all.child('layers/dense', 'dense'), ['dense/kernel:0', 'dense/bias:0']],
  ['a layer without variables', all.child('layers/dropout', 'dropout'), []],
  [
    'a cell, whose name is not known',
    all.child('layers/bidirectional', 'bi').child('forward_layer', 'forward_x').child('cell'),
    ['bi/forward_lstm/lstm_cell_1/kernel:0'],
  ],
  [
    'the other direction',
    all.child('layers/bidirectional', 'bi').child('backward_layer', 'backward_lstm'),
    ['bi/backward_lstm/lstm_cell_2/kernel:0'],
  ],
  [
    'a part by its name',
    all.child('layers/mha', 'mha').child('query_dense', 'query'),
    ['mha/query/kernel:0'],
  ],
  [
    'a layer of a nested model without a scope of its own',
    all.child('layers/sequential', 'net').child('layers/dense', 'inner_dense'),
    ['inner_dense/kernel:0'],
  ],
  [
    'what a wrapper holds',
    all.child('layers/time_distributed', 'td').child('layer', 'dense'),
    ['td/kernel:0'],
  ],
  ['a name with a slash', all.child('layers/dense', 'a/b'), ['a/b/kernel:0']],
])('finds %s', (_, weights, names) => {
  expect(namesOf(weights)).toEqual(names);
});

it('a layer that has a list of its own gets no other one', () => {
  const grouped = groupedWeights(b, (layer) =>
    layer === 'net' ? tensors(['first/kernel:0', 'second/kernel:0']) : [],
  );
  expect(
    namesOf(grouped.child('layers/functional', 'net').child('layers/dense', 'second')),
  ).toEqual(['second/kernel:0']);
  expect(namesOf(grouped.child('layers/dense', 'second'))).toEqual([]);
});
