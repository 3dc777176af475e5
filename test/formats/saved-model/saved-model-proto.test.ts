import { expect, it } from 'vitest';
import {
  readMetaGraph,
  readMetaGraphHeads,
} from '../../../shared/formats/saved-model/saved-model-proto.ts';
import { message, node, number, readerOf } from '../tf/proto/_wire.ts';
import { metaGraph, metaGraphDef } from './_meta-graph.ts';

const meta = {
  nodes: [node('x = Placeholder()')],
  restore: 'restore_all',
  mainNode: 'init',
  signatures: { serving_default: [['in = x:0'], ['out = y:1']] as const },
  asset: ['path:0', 'words.txt'] as const,
};

it('reads what belongs to a graph', () => {
  expect(metaGraph(meta)).toMatchObject({
    tags: ['serve'],
    version: '2.99.0',
    restoreNode: 'restore_all',
    mainNodes: ['init'],
    signatures: new Map([
      [
        'serving_default',
        {
          inputs: new Map([['in', { tensor: 'x:0', type: 'float32', shape: [null, 2] }]]),
          outputs: new Map([['out', { tensor: 'y:1', type: 'float32', shape: [null, 2] }]]),
        },
      ],
    ]),
    assets: new Map([['path:0', 'words.txt']]),
  });
});

it('tells graphs apart by their tags, and reads the one that is chosen', () => {
  const bytes = [
    number(1, 1),
    message(2, metaGraphDef({ nodes: [], tags: ['train'] })),
    message(2, metaGraphDef(meta)),
  ];
  const reader = readerOf(...bytes);
  const heads = readMetaGraphHeads(reader);
  expect(heads.map(({ tags }) => tags)).toEqual([['train'], ['serve']]);
  const [, second] = heads;
  expect(second && [...readMetaGraph(second, reader).graph.nodes.keys()]).toEqual(['x']);
});

it('refuses one without a graph', () => {
  const [head] = readMetaGraphHeads(readerOf(message(2, message(1))));
  if (!head) throw new Error('no graph');
  expect(() => readMetaGraph(head, readerOf())).toThrow('it holds no graph');
});
