import { expect, it } from 'vitest';
import { readNode } from '../../../../shared/formats/tf/proto/node.ts';
import { attribute, node, readerOf } from './_wire.ts';

it('reads a node, with control inputs apart', () => {
  const bytes = node('sum = AddV2(a, ^first, b:1, ^second)', attribute.type('T', 1));
  expect(readNode(readerOf(bytes))).toEqual({
    name: 'sum',
    op: 'AddV2',
    inputs: ['a', 'b:1'],
    controls: ['first', 'second'],
    attributes: new Map([['T', { kind: 'type', value: 'float32' }]]),
  });
});
