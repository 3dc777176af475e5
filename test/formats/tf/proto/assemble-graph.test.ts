import { describe, expect, it } from 'vitest';
import {
  assembleGraph,
  neededNodes,
  normalized,
  type Ports,
} from '../../../../shared/formats/tf/proto/assemble-graph.ts';
import { attribute, node, rawGraph } from './_wire.ts';

const ports = (input: string, output: string): Ports => ({
  inputs: [{ name: 'in', tensor: input, type: 'float32', shape: [1] }],
  outputs: [{ name: 'out', tensor: output }],
  notes: [],
});
const body = { parameters: ['x'], results: { r: 'x' }, nodes: [] };

describe('assembleGraph', () => {
  const raw = rawGraph(
    [
      node('x = Placeholder()'),
      node('before = Neg(x)'),
      node('call = PartitionedCall(before)', attribute.function('f', 'outer')),
      node('other = f(x)'),
    ],
    {
      outer: {
        parameters: ['x'],
        results: { r: 'inner:output:0' },
        nodes: [node('inner = PartitionedCall(x)', attribute.function('f', 'innermost'))],
      },
      innermost: body,
      f: body,
    },
  );

  it('keeps what the outputs need and the functions of it', () => {
    const graph = assembleGraph(raw, ports('x', 'call:0'), (own) => [own]);
    expect(graph.nodes.map(({ name }) => name)).toEqual(['call', 'before']);
    expect([...graph.functions.keys()].sort()).toEqual(['innermost', 'outer']);
  });

  it('cuts at inputs inside', () => {
    expect([...neededNodes(raw, ports('before:0', 'call'))].map(({ name }) => name)).toEqual([
      'call',
    ]);
  });

  it('takes functions that are ops', () => {
    const graph = assembleGraph(raw, ports('x', 'other'), (own) => [own]);
    expect([...graph.functions.keys()]).toEqual(['f']);
  });

  it('replaces nodes', () => {
    const graph = assembleGraph(raw, ports('x', 'call'), (own) =>
      own.name === 'before' ? [] : [own],
    );
    expect(graph.nodes.map(({ name }) => name)).toEqual(['call']);
  });

  it('refuses references to nothing', () => {
    expect(() => assembleGraph(raw, ports('x', 'gone:0'), (own) => [own])).toThrow(
      "no node 'gone:0'",
    );
  });
});

it.each([
  ['a', 'a:0'],
  ['a:2', 'a:2'],
])('the whole name of %s is %s', (reference, wanted) => expect(normalized(reference)).toBe(wanted));
