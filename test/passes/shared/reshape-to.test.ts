import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseModel, printNode } from '../../../shared/onnx/text.ts';
import { reshapeNode, reshaping } from '../../../shared/passes/shared/reshape-to.ts';
import type { Size } from '../../../shared/rewrite/dims/size.ts';
import { graphContextOf } from './_context.ts';

const n: Size = { value: 'x', axis: 0 };
const m: Size = { value: 'x', axis: 1 };

describe('reshaping', () => {
  it.each<[string, Size[], Size[], unknown]>([
    ['nothing', [n, 3], [n, 3], { kind: 'same' }],
    ['ones put in', [n, m], [1, n, m, 1], { kind: 'unsqueeze', axes: [0, 3] }],
    ['ones taken out', [n, 1, m, 1], [n, m], { kind: 'squeeze', axes: [1, 3] }],
    ['numbers', [2, 3], [3, 2], { kind: 'reshape', shape: [3, 2] }],
    ['a free size in place', [n, 2, 3], [n, 6], { kind: 'reshape', shape: [0, 6] }],
    ['a free size that moves', [2, n, 3], [n, 6], { kind: 'reshape', shape: [-1, 6] }],
  ])('knows %s', (_, from, to, how) => {
    expect(reshaping(from, to)).toEqual(how);
  });

  it.each<[string, Size[], Size[], string]>([
    ['two that move', [n, m], [m, n], '2 of its sizes'],
    ['one in place and one that moves', [n, 2, m, 2], [n, m, 4], 'either could be 0'],
    ['no elements', [0, 2], [2, 0], 'one of its sizes is 0'],
  ])('gives up on %s', (_, from, to, reason) => {
    expect(reshaping(from, to)).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining(reason),
    });
  });

  it('gives the wanted sizes for every size of what is free, 0 included', () => {
    const size = fc.oneof(fc.constantFrom<Size>(n, m, 1), fc.integer({ min: 1, max: 3 }));
    const numbers = fc.record({ n: fc.nat(3), m: fc.nat(3) });
    fc.assert(
      fc.property(
        fc.array(size, { maxLength: 4 }),
        fc.array(size, { maxLength: 4 }),
        numbers,
        (from, to, free) => {
          const value = (each: Size): number =>
            typeof each === 'number' ? each : each.axis === 0 ? free.n : free.m;
          const [before, after] = [from.map(value), to.map(value)];
          const count = (sizes: number[]): number => sizes.reduce((a, b) => a * b, 1);
          fc.pre(count(before) === count(after));
          // Only shapes that have equally many elements whatever is free are ever asked for.
          const free2 = (each: Size): string => (typeof each === 'number' ? '' : `${each.axis}`);
          fc.pre(
            [...from.map(free2)].toSorted().join('') === [...to.map(free2)].toSorted().join(''),
          );
          const how = reshaping(from, to);
          if (how.kind !== 'unknown') expect(applied(before, how)).toEqual(after);
        },
      ),
      { seed: 5, numRuns: 3000 },
    );
  });
});

/** What onnxruntime makes of it. */
function applied(shape: readonly number[], how: ReturnType<typeof reshaping>): number[] {
  switch (how.kind) {
    case 'same':
      return [...shape];
    case 'squeeze':
      return shape.filter((_, axis) => !how.axes.includes(axis));
    case 'unsqueeze': {
      const rest = [...shape];
      return Array.from({ length: shape.length + how.axes.length }, (_, axis) =>
        how.axes.includes(axis) ? 1 : (rest.shift() ?? -1),
      );
    }
    case 'reshape': {
      const sizes = how.shape.map((size, axis) => (size === 0 ? (shape[axis] ?? -1) : size));
      const known = sizes.reduce((product, size) => (size < 0 ? product : product * size), 1);
      const left = shape.reduce((product, size) => product * size, 1) / known;
      return sizes.map((size) => (size < 0 ? left : size));
    }
    case 'unknown':
      return [];
  }
}

describe('reshapeNode', () => {
  const at = (opset: number) =>
    graphContextOf(
      parseModel(
        `<ir_version: 8, opset_import: ["": ${opset}]> g (float[N] x) => (y) { y = Neg (x) }`,
      ),
    );

  it('takes axes as an input from opset 13 on, as an attribute before', () => {
    const how = { kind: 'squeeze', axes: [1] } as const;
    expect(printNode(reshapeNode('x', 'y', how, '', at(17).context))).toBe(
      'y = Squeeze (x, y_axes)',
    );
    expect(printNode(reshapeNode('x', 'y', how, '', at(12).context))).toBe(
      'y = Squeeze <axes = [1]> (x)',
    );
  });

  it('adds the shape to the graph', () => {
    const { context } = at(17);
    const node = reshapeNode('x', 'y', { kind: 'reshape', shape: [0, -1] }, 'name', context);
    expect(printNode(node)).toBe('[name] y = Reshape (x, y_shape)');
    expect(context.editor.constant('y_shape')?.dims).toEqual([2]);
  });
});
