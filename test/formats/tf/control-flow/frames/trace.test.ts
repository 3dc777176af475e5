import { describe, expect, it } from 'vitest';
import { NodeWeb } from '../../../../../shared/formats/tf/control-flow/frames/node-web.ts';
import {
  Discovery,
  dependsOn,
  trace,
} from '../../../../../shared/formats/tf/control-flow/frames/trace.ts';
import { node } from '../_graph.ts';
import { loopNodes } from './_loop.ts';

describe('a walk back through a graph', () => {
  const nodes = [
    node('x', 'Placeholder'),
    node('a', 'Relu', ['x']),
    node('c', 'AddV2', ['a', 'x:0']),
    node('off', 'Neg', ['x']),
  ];

  it('collects nodes up to its boundary, and names what lies there', () => {
    const web = new NodeWeb(nodes, new Map());
    const traced = trace(web, ['c'], (item) => (item.name === 'x' ? 'given' : undefined));
    expect(traced.results).toEqual(['c']);
    expect(traced.nodes.map(({ name, inputs }) => [name, ...inputs])).toEqual([
      ['c', 'a', 'given'],
      ['a', 'given'],
    ]);
  });

  it('stops at loops and branches that come first', () => {
    const web = new NodeWeb([...loopNodes(), node('m', 'Merge', ['x', 'exit'])], new Map());
    const kinds = (wanted: string) =>
      new Discovery(web, [wanted], () => undefined).next().map(({ kind }) => kind);
    expect(kinds('exit')).toEqual(['loop']);
    expect(kinds('m')).toEqual(['branches']);
  });

  it('finds what a value depends on', () => {
    const web = new NodeWeb(nodes, new Map());
    expect(dependsOn(web, ['c'], new Set(['a']))).toBe(true);
    expect(dependsOn(web, ['c'], new Set(['off']))).toBe(false);
  });
});
