import { describe, expect, it } from 'vitest';
import { modelOf } from './_cases.ts';
import { fn, graph, named, node } from './_graph.ts';

describe('calls', () => {
  it('that double at every level end', () => {
    const levels = Array.from({ length: 60 }, (_, level) => {
      const attributes = { f: named(`level${level + 1}`) };
      return fn(
        `level${level}`,
        ['y'],
        [
          node('a', 'PartitionedCall', ['y'], attributes),
          node('b', 'PartitionedCall', ['a'], attributes),
        ],
        ['b'],
      );
    });
    const last = fn('level60', ['y'], [], ['y']);
    const call = node('call', 'PartitionedCall', ['x'], { f: named('level0') });
    expect(() => modelOf(graph([call], ['call'], [...levels, last]))).toThrow(/more than .* nodes/);
  });
});
