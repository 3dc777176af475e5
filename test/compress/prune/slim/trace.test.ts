import { describe, expect, it } from 'vitest';
import { labelOf, Trace } from '../../../../shared/compress/prune/slim/trace.ts';
import { n, net, w } from './_nets.ts';

const made = (): Trace =>
  new Trace(net([2, 3], [2, 4], [w('a', 3, 4), w('s', 1)], n('MatMul', ['x', 'a'], ['y'])), {
    get: (_, name) =>
      name === 'y' ? { kind: 'tensor', elementType: 'float32', shape: [2, 4] } : undefined,
  });

describe('Trace', () => {
  it('has labels for axes of constants that are longer than 1, and for what was given', () => {
    const trace = made();
    expect(trace.axesOf('a')?.map((labels) => labels?.length)).toEqual([3, 4]);
    expect(trace.axesOf('s')).toEqual([undefined]);
    expect(trace.axesOf('y')).toEqual([undefined, undefined]);
    expect(trace.axesOf('nothing')).toBeUndefined();
    trace.give('y', [undefined, trace.axesOf('a')?.[1]]);
    expect(trace.axesOf('y')?.[1]).toBe(trace.axesOf('a')?.[1]);
    expect([trace.sizeOf('y', 1), trace.sizeOf('nothing', 0)]).toEqual([4, undefined]);
  });

  it('joins axes of the same length, and keeps them where one has to stay', () => {
    const trace = made();
    const [a, b, c] = [2, 2, 2].map((count) => trace.channels.fresh(count));
    expect(trace.join([a, b], 'no matter')).toBe(a);
    expect(trace.channels.find(b?.[1] ?? -1)).toBe(a?.[1]);
    expect(trace.channels.reasonOf(a?.[0] ?? -1)).toBeUndefined();
    trace.join([b, undefined], 'it stays');
    expect(trace.channels.reasonOf(a?.[0] ?? -1)).toBe('it stays');
    trace.join([c, trace.channels.fresh(3)], 'of other length');
    expect(trace.channels.reasonOf(c?.[0] ?? -1)).toBe('of other length');
    expect(trace.join([], '')).toBeUndefined();
  });

  it('freezes constants before and after they are met', () => {
    const trace = made();
    const [rows] = trace.axesOf('a') ?? [];
    trace.freeze('a', 'why');
    expect(trace.channels.reasonOf(rows?.[0] ?? -1)).toBe('why');
    const other = made();
    other.freezeInputs(n('MatMul', ['x', 'a', ''], ['y']), 'why');
    expect(other.axesOf('a')).toEqual([undefined, undefined]);
    expect(other.channels.count).toBe(0);
  });

  it('names what weights make, each axis of a product of constants by itself', () => {
    const trace = made();
    const node = n('MatMul', ['a', 'b'], ['y']);
    trace.makes(node, trace.channels.fresh(2));
    trace.makes(node, undefined);
    trace.makes(node, trace.channels.fresh(2));
    expect(trace.origins.map(({ name }) => name)).toEqual(['y', 'y (2)']);
  });
});

it('names nodes for reasons', () => {
  expect(labelOf(n('Conv', [], ['y'], {}, 'first'))).toBe("Conv 'first'");
  expect(labelOf(n('Conv', [], ['y']))).toBe("Conv 'y'");
});
