import { expect, it } from 'vitest';
import {
  allGraphs,
  allNodes,
  capturedNames,
  definedNames,
  subgraphsOf,
} from '../../shared/onnx/graph-walk.ts';
import { float32Tensor } from '../../shared/onnx/make-tensor.ts';
import { body, graph, model, node } from './_build.ts';

const inner = graph([node('Add', ['outer', 'w'], ['s'])], [], ['s'], {
  name: 'inner',
  initializers: new Map([['w', float32Tensor('w', [1], [1])]]),
});
const middle = graph(
  [node('If', ['c'], ['m'], [body('then_branch', inner)])],
  ['own'],
  ['m', 'passed'],
  { name: 'middle' },
);
const loop = node('Loop', ['n'], ['y'], [body('body', middle)]);
const main = graph([loop], ['n', 'c', 'outer', 'passed'], ['y'], { name: 'main' });

it('captures what a body reads from outside, at any depth, its outputs included', () => {
  expect([...capturedNames(inner)]).toEqual(['outer']);
  expect([...capturedNames(middle)].toSorted()).toEqual(['c', 'outer', 'passed']);
});

it('lists the bodies of a node with their places', () => {
  const many = node('X', [], [], [['bodies', { type: 'graphs', value: [inner, middle] }]]);
  expect(
    subgraphsOf(many).map((found) => [found.attribute, found.index, found.graph.name]),
  ).toEqual([
    ['bodies', 0, 'inner'],
    ['bodies', 1, 'middle'],
  ]);
  expect(subgraphsOf(node('Relu', ['x'], ['y']))).toEqual([]);
});

it('walks all graphs outer first, and all nodes', () => {
  expect([...allGraphs(main)].map(({ graph: g, path }) => [g.name, path.length])).toEqual([
    ['main', 0],
    ['middle', 1],
    ['inner', 2],
  ]);
  expect([...allNodes(model(main))].map((n) => n.opType)).toEqual(['Loop', 'If', 'Add']);
});

it('knows every name of every scope', () => {
  expect([...definedNames(main)].toSorted()).toEqual([
    'c',
    'm',
    'n',
    'outer',
    'own',
    'passed',
    's',
    'w',
    'y',
  ]);
});
