import { describe, expect, it } from 'vitest';
import { lowerFrames } from '../../../../../shared/formats/tf/control-flow/frames/lower-frames.ts';
import type { TfNode } from '../../../../../shared/formats/tf/tf-graph.ts';
import { modelOf, opsOf } from '../_cases.ts';
import { constant, graph, node } from '../_graph.ts';

/** x > 0 somewhere. */
const decision: readonly TfNode[] = [
  constant('zero', [0], 'float32'),
  constant('axes', [0, 1], 'int32', [2]),
  node('above', 'Greater', ['x', 'zero']),
  node('test', 'Any', ['above', 'axes']),
];

const opOf = (nodes: readonly TfNode[], name: string) =>
  lowerFrames(graph([...decision, ...nodes], ['m'])).nodes.find((item) => item.name === name);

describe('branches of TensorFlow 1', () => {
  it('become an If whose functions take what the branches read', () => {
    const nodes = [
      node('s', 'Switch', ['x', 'test']),
      node('no', 'Neg', ['s']),
      node('yes', 'Relu', ['s:1']),
      node('m', 'Merge', ['no', 'yes']),
    ];
    expect(opOf(nodes, 'm')).toMatchObject({ op: 'Identity', inputs: ['m/branches:0'] });
    expect(opOf(nodes, 'm/branches')).toMatchObject({ op: 'If', inputs: ['test', 'x'] });
  });

  it('that one Merge has in the other order are told apart', () => {
    const nodes = [
      node('s', 'Switch', ['x', 'test']),
      node('no', 'Neg', ['s']),
      node('yes', 'Relu', ['s:1']),
      node('m', 'Merge', ['yes', 'no']),
    ];
    const lowered = lowerFrames(graph([...decision, ...nodes], ['m']));
    const target = lowered.functions.get('m/branches/1');
    expect(target?.nodes.map(({ op }) => op)).toEqual(['_Arg', 'Relu']);
  });

  it('of several outputs become one If', () => {
    const nodes = [
      node('s', 'Switch', ['x', 'test']),
      node('no', 'Neg', ['s']),
      node('yes', 'Relu', ['s:1']),
      node('a', 'Merge', ['no', 'yes']),
      node('c', 'Merge', ['s', 'yes']),
      node('m', 'AddV2', ['a', 'c']),
    ];
    expect(opsOf(modelOf(graph([...decision, ...nodes], ['m'])))).toMatchObject({ If: 1, Relu: 1 });
  });

  it('of one condition that follow each other stay two', () => {
    const nodes = [
      node('s', 'Switch', ['x', 'test']),
      node('no', 'Neg', ['s']),
      node('a', 'Merge', ['no', 's:1']),
      node('t', 'Switch', ['a', 'test']),
      node('yes', 'Relu', ['t:1']),
      node('c', 'Merge', ['t', 'yes']),
      node('m', 'AddV2', ['a', 'c']),
    ];
    expect(opsOf(modelOf(graph([...decision, ...nodes], ['m'])))).toMatchObject({ If: 2 });
  });

  it.each<[string, TfNode[], RegExp]>([
    [
      'a branch of both sides',
      [
        node('s', 'Switch', ['x', 'test']),
        node('both', 'AddV2', ['s', 's:1']),
        node('m', 'Merge', ['both', 's:1']),
      ],
      /both sides|when each is taken/,
    ],
    [
      'two conditions',
      [
        node('other', 'LogicalNot', ['test']),
        node('s', 'Switch', ['x', 'test']),
        node('t', 'Switch', ['x', 'other']),
        node('m', 'Merge', ['s', 't:1']),
      ],
      /two conditions/,
    ],
    [
      'one side twice',
      [node('s', 'Switch', ['x', 'test']), node('m', 'Merge', ['s', 's'])],
      /when each is taken/,
    ],
    [
      'the number of the branch',
      [
        node('s', 'Switch', ['x', 'test']),
        node('first', 'Merge', ['s', 's:1']),
        node('m', 'Identity', ['first:1']),
      ],
      /number of the branch/,
    ],
  ])('refuse %s', (_, nodes, message) => {
    expect(() => modelOf(graph([...decision, ...nodes], ['m']))).toThrow(message);
  });
});
