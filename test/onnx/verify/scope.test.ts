import { expect, it } from 'vitest';
import { functionLabel, nodeLabel, scopesOf } from '../../../shared/onnx/verify/scope.ts';
import { body, graph, model, node } from '../_build.ts';

it('lists the graph, its bodies and the functions, with where they are', () => {
  const innermost = graph([], [], []);
  const inner = graph([node('Loop', [], [], [body('body', innermost)])], [], []);
  const main = graph(
    [{ ...node('If', ['c'], ['y'], [body('then_branch', inner)]), name: 'branch' }],
    ['c'],
    ['y'],
  );
  const definition = {
    name: 'F',
    domain: 'my',
    overload: 'o',
    inputs: [],
    outputs: [],
    attributes: [],
    attributeDefaults: new Map(),
    nodes: [],
    opsets: new Map([['', 20]]),
    valueInfo: new Map(),
  };
  const scopes = scopesOf(model(main, { functions: [definition] }));
  expect(scopes.map((scope) => scope.suffix)).toEqual([
    '',
    " in then_branch of node 'branch' (If)",
    " in body of node 0 (Loop) in then_branch of node 'branch' (If)",
    ' in function my::F:o',
  ]);
  expect(scopes.map((scope) => scope.opsets.get(''))).toEqual([17, 17, 17, 20]);
  expect(scopes[2]?.outer).toBe(scopes[1]);
  expect(functionLabel(definition)).toBe('my::F:o');
  expect(nodeLabel(node('Relu', [], []), 4)).toBe('node 4 (Relu)');
});
