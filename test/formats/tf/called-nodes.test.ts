import { expect, test } from 'vitest';
import { calledNodes } from '../../../shared/formats/tf/called-nodes.ts';
import type { TfFunction, TfNode } from '../../../shared/formats/tf/tf-graph.ts';
import { node } from './_nodes.ts';

const body = (name: string, ...nodes: readonly TfNode[]): [string, TfFunction] => [
  name,
  { name, parameters: ['p'], nodes: [node('p', '_Arg', []), ...nodes], results: ['r:0'] },
];
const call = (name: string, target: string): TfNode => ({
  ...node(name, 'PartitionedCall', ['p']),
  attributes: new Map([['f', { kind: 'function', value: target }]]),
});
const functions = new Map([
  body('outer', call('r', 'inner'), node('dead', 'NoSuchOp', ['p'])),
  body('inner', node('a', 'Lgamma', ['p']), { ...call('r', 'outer'), inputs: ['a', 'gone'] }),
]);

test('what the results of called functions need, through all calls, each function once', () => {
  const seen = new Set<string>();
  const found = [...calledNodes(call('c', 'outer'), functions, seen)];
  expect(found.map(({ op }) => op).sort()).toEqual([
    'Lgamma',
    'PartitionedCall',
    'PartitionedCall',
  ]);
  expect([...calledNodes(node('old', 'inner', []), functions, seen)]).toEqual([]);
  expect([...calledNodes(node('n', 'Relu', ['x']), functions, new Set())]).toEqual([]);
});
