import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../../shared/base/errors.ts';
import { readGraph } from '../../../../shared/formats/tf/proto/graph.ts';
import { message, node, rawGraph, readerOf } from './_wire.ts';

describe('readGraph', () => {
  const graph = rawGraph([node('x = Placeholder()'), node('y = f(x)')], {
    f: { parameters: ['x'], results: { out: 'x' }, nodes: [] },
  });

  it('gives nodes by name, and the version', () => {
    expect([...graph.nodes.keys()]).toEqual(['x', 'y']);
    expect(graph.producerVersion).toBe(1987);
  });

  it('reads functions when they are asked for', () => {
    expect(graph.functions.size).toBe(1);
    expect(graph.functions.has('f')).toBe(true);
    expect(graph.functions.get('f')).toBe(graph.functions.get('f'));
    expect(graph.functions.get('f').outputs).toEqual(['out']);
  });

  it('knows no other functions', () => {
    expect(graph.functions.has('g')).toBe(false);
    expect(() => graph.functions.get('g')).toThrow(ModelError);
  });

  it('refuses two nodes of one name', () => {
    const bytes = [message(1, node('a = NoOp()')), message(1, node('a = NoOp()'))];
    expect(() => readGraph(readerOf(...bytes))).toThrow("two nodes are named 'a'");
  });

  it('does not look into functions that are broken and not needed', () => {
    const broken = message(2, message(1, message(1, message(1, [0x66])), [0x1a, 0x7f]));
    const { functions } = readGraph(readerOf(broken));
    expect(functions.has('f')).toBe(true);
    expect(() => functions.get('f')).toThrow(ModelError);
  });
});
