import { expect, it } from 'vitest';
import { prune } from '../../../shared/formats/build/prune.ts';
import { int64Tensor } from '../../../shared/onnx/make-tensor.ts';
import { body, graph, node } from '../../onnx/_build.ts';

const initializers = (...names: string[]) =>
  new Map(names.map((name) => [name, int64Tensor(name, [1], [1])]));

it('keeps what outputs need, and nothing else', () => {
  const full = graph(
    [
      node('Shape', ['x'], ['s']),
      node('Gather', ['s', 'i'], ['g']),
      node('Relu', ['x'], ['r']),
      node('Add', ['r', 'w'], ['y']),
      node('Neg', ['y'], ['dead']),
    ],
    ['x'],
    ['y'],
    { initializers: initializers('i', 'w') },
  );
  const pruned = prune(full);
  expect(pruned.nodes.map(({ opType }) => opType)).toEqual(['Relu', 'Add']);
  expect([...pruned.initializers.keys()]).toEqual(['w']);
  expect(prune(pruned)).toEqual(pruned);
});

it('looks into bodies: what is dead there needs nothing', () => {
  const inner = graph(
    [node('Neg', ['outerDead'], ['d']), node('Neg', ['outer'], ['o'])],
    [],
    ['o'],
  );
  const full = graph(
    [
      node('Relu', ['x'], ['outer']),
      node('Abs', ['x'], ['outerDead']),
      node('If', ['c'], ['y'], [body('then_branch', inner), body('else_branch', inner)]),
    ],
    ['x', 'c'],
    ['y'],
  );
  const [relu, branch, ...more] = prune(full).nodes;
  expect([relu?.opType, branch?.opType, more]).toEqual(['Relu', 'If', []]);
  const then = branch?.attributes.get('then_branch');
  expect(then?.type === 'graph' && then.value.nodes.length).toBe(1);
});
