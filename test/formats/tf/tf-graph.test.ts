import { expect, it } from 'vitest';
import { functionsIn, parseReference } from '../../../shared/formats/tf/tf-graph.ts';

it.each([
  ['node', 'node', 0],
  ['node:2', 'node', 2],
  ['scope/node:0', 'scope/node', 0],
  ['odd:name', 'odd:name', 0],
  ['odd:name:1', 'odd:name', 1],
])('%s is output %s:%d', (reference, node, output) => {
  expect(parseReference(reference)).toEqual({ node, output });
});

it('names the functions among attributes, in lists too', () => {
  const attributes = new Map([
    ['body', { kind: 'function', value: 'loop' }] as const,
    ['N', { kind: 'int', value: 1 }] as const,
    ['branches', { kind: 'list', value: [{ kind: 'function', value: 'first' }] }] as const,
  ]);
  expect([...functionsIn(attributes)]).toEqual(['loop', 'first']);
});
