import { expect, it } from 'vitest';
import { DefectError } from '../../shared/base/errors.ts';
import { subgraphsOf } from '../../shared/onnx/graph-walk.ts';
import { readNames, renameInputs, withSubgraph } from '../../shared/onnx/rewrite-node.ts';
import { body, graph, node, ops } from './_build.ts';

const then = graph([node('Relu', ['a'], ['t'])], [], ['t']);
const branch = node(
  'If',
  ['c', ''],
  ['y'],
  [body('then_branch', then), body('else_branch', graph([], [], ['a']))],
);

it('reads inputs and captured values, absent inputs not', () => {
  expect(new Set(readNames(branch))).toEqual(new Set(['c', 'a']));
});

it('renames in bodies; a body output of that name keeps it through an Identity', () => {
  const renamed = renameInputs(branch, 'a', 'b');
  expect(subgraphsOf(renamed).map(({ graph: g }) => ops(g))).toEqual([
    ['Relu(b)→t'],
    ['Identity(b)→a'],
  ]);
  expect(subgraphsOf(branch).map(({ graph: g }) => ops(g))).toEqual([['Relu(a)→t'], []]);
});

it('replaces one body and refuses one that is not there', () => {
  const replaced = withSubgraph(branch, 'else_branch', 0, then);
  expect(subgraphsOf(replaced).map(({ graph: g }) => g)).toEqual([then, then]);
  expect(() => withSubgraph(branch, 'body', 0, then)).toThrow(DefectError);
});
