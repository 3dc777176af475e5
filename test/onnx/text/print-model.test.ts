import { expect, it } from 'vitest';
import { int64Tensor } from '../../../shared/onnx/make-tensor.ts';
import { printGraph, printNode } from '../../../shared/onnx/text/print-model.ts';
import { graph, node } from '../_build.ts';

it('prints a node on a line', () => {
  expect(
    printNode({
      ...node('Conv', ['x', '', 'b'], ['y', 'z'], [['group', { type: 'int', value: 2 }]]),
      name: 'c/1',
    }),
  ).toBe('["c/1"] y, z = Conv <group = 2> (x, "", b)');
  expect(printNode(node('Stop', [], []))).toBe('= Stop ()');
});

it('says the kind where the value does not', () => {
  const text = printNode(
    node(
      'Op',
      ['x'],
      ['y'],
      [
        ['empty', { type: 'floats', value: [] }],
        ['ref', { type: 'reference', value: 'outer', of: 'ints' }],
        ['one', { type: 'float', value: 1 }],
      ],
    ),
  );
  expect(text).toBe('y = Op <empty: floats = [], ref: ints = @outer, one = 1.0> (x)');
});

it('cuts tensors at the asked length', () => {
  const initializers = new Map([['i', int64Tensor('i', [3], [1, 2, 3])]]);
  const main = graph([], [], [], { initializers });
  expect(printGraph(main)).toContain('int64[3] i = {1, 2, 3}');
  expect(printGraph(main, { maxElements: 2 })).toMatch(/int64\[3\] i = sha256"[0-9a-f]{16}"/);
});
