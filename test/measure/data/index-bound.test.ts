import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { indexBound } from '../../../shared/measure/data/index-bound.ts';
import { float32Tensor, int64Tensor } from '../../../shared/onnx/make-tensor.ts';
import type { Node } from '../../../shared/onnx/model.ts';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { graph, model, node } from '../../onnx/_build.ts';

const CONSTANTS = new Map([
  ['table', float32Tensor('table', [9, 2], new Float32Array(18))],
  ['rows', int64Tensor('rows', [], [9])],
  ['zero', int64Tensor('zero', [1], [0])],
  ['huge', int64Tensor('huge', [], [2 ** 60])],
  ['many', int64Tensor('many', [2], [1, 2])],
]);
const bound = (...nodes: Node[]): number | undefined =>
  indexBound('ids', model(graph(nodes, [], [], { initializers: CONSTANTS })));

test('directly, and where negative indices are wrapped before', () => {
  expect(bound(node('Gather', ['table', 'ids'], ['e']))).toBe(9);
  expect(
    bound(
      node('Less', ['ids', 'zero'], ['isNegative']),
      node('Add', ['ids', 'rows'], ['wrapped']),
      node('Where', ['isNegative', 'wrapped', 'ids'], ['safe']),
      node('Gather', ['table', 'safe'], ['e']),
    ),
  ).toBe(9);
});

test('as Keras writes it', () => {
  const path = fileURLToPath(new URL('../../fixtures/onnx-models/bilstm.onnx', import.meta.url));
  using opened = openModel(path);
  expect(indexBound('tokens', opened.model)).toBeGreaterThan(2);
});

test('what comes out as another number, or as nobody knows which, is no index of the input', () => {
  const gather = node('Gather', ['table', 'x'], ['e']);
  expect(bound(node('Add', ['ids', 'rows'], ['x']), gather)).toBeUndefined();
  expect(bound(node('Mul', ['ids', 'many'], ['x']), gather)).toBeUndefined();
  expect(bound(node('Mul', ['ids', 'huge'], ['x']), gather)).toBeUndefined();
  expect(bound(node('CumSum', ['ids', 'zero'], ['x']), gather)).toBeUndefined();
  expect(bound(node('Gather', ['ids', 'zero'], ['x']), gather)).toBeUndefined();
  expect(bound()).toBeUndefined();
});
