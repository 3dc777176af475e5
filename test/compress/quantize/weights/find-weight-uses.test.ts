import { describe, expect, it } from 'vitest';
import { findWeightUses } from '../../../../shared/compress/quantize/weights/find-weight-uses.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import { float32Tensor, int64Tensor } from '../../../../shared/onnx/make-tensor.ts';
import type { Node } from '../../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../../shared/onnx/stored-tensor.ts';
import { body, graph as makeGraph } from '../../../onnx/_build.ts';
import { float32, modelOf, weight } from '../_numeric.ts';

function find(node: Node, initializers: readonly StoredTensor[]) {
  return findWeightUses(
    modelOf([node], [float32('x', ['n'])], [float32('y', ['n'])], initializers),
  );
}

describe('findWeightUses', () => {
  it.each([
    ['MatMul', {}, [8, 6], { channels: 6, inner: 1, axis: 1 }, { K: 8, N: 6, transposed: false }],
    ['Gemm', {}, [8, 6], { channels: 6, inner: 1, axis: 1 }, { K: 8, N: 6, transposed: false }],
    [
      'Gemm',
      { transB: 1 },
      [8, 6],
      { channels: 8, inner: 6, axis: 0 },
      { K: 6, N: 8, transposed: true },
    ],
    [
      'MatMul',
      {},
      [2, 8, 6],
      { outer: 16, channels: 6, inner: 1, axis: 2 },
      'its weights have rank 3',
    ],
    ['Conv', {}, [8, 3, 2, 2], { channels: 8, inner: 12, axis: 0 }, 'it is no product'],
    [
      'ConvTranspose',
      {},
      [8, 3, 2, 2],
      { outer: 8, channels: 3, inner: 4, axis: 1 },
      'it is no product',
    ],
  ])('%s %j: channels of %j', (op, attributes, dims, layout, matrix) => {
    const { uses } = find(makeNode(op, ['x', 'w'], ['y'], attributes), [weight('w', dims)]);
    expect(uses).toHaveLength(1);
    expect(uses[0]?.weights[0]?.layout).toMatchObject(layout);
    expect(uses[0]?.matrix).toEqual(matrix);
  });

  it('takes a constant left side, with rows as channels', () => {
    const { uses } = find(makeNode('MatMul', ['w', 'x'], ['y']), [weight('w', [8, 6])]);
    expect(uses[0]?.weights[0]).toMatchObject({ position: 0, layout: { axis: 0, channels: 8 } });
    expect(uses[0]?.matrix).toBe('its left side is the constant one');
  });

  it('knows both weights of an LSTM and the table of a Gather', () => {
    const lstm = find(makeNode('LSTM', ['x', 'w', 'r'], ['y']), [
      weight('w', [1, 8, 3]),
      weight('r', [1, 8, 2]),
    ]);
    expect(lstm.uses[0]?.weights.map(({ position }) => position)).toEqual([1, 2]);
    const table = find(makeNode('Gather', ['w', 'x'], ['y']), [weight('w', [50, 4])]);
    expect(table.uses[0]).toMatchObject({
      kind: 'table',
      weights: [{ layout: { axis: 1, outer: 50 } }],
    });
  });

  it('says why others stay', () => {
    const reason = (node: Node, ...initializers: StoredTensor[]) =>
      find(node, initializers).refused[0]?.reason;
    expect(reason(makeNode('MatMul', ['x', 'x'], ['y']))).toBe(
      'its weights are computed, not constant',
    );
    expect(reason(makeNode('MatMul', ['w', 'w'], ['y']), weight('w', [4, 4]))).toBe(
      'both of its sides are constant',
    );
    expect(reason(makeNode('MatMul', ['x', 'w'], ['y']), weight('w', [4]))).toBe(
      'its weights are a vector',
    );
    expect(reason(makeNode('Gather', ['w', 'x'], ['y'], { axis: 1 }), weight('w', [4, 4]))).toBe(
      'it does not look up rows of a table of vectors',
    );
    expect(
      reason(makeNode('com.microsoft:FusedMatMul', ['x', 'w'], ['y']), weight('w', [4, 4])),
    ).toBe('no form of weights is known for FusedMatMul');
    const half = { ...weight('w', [4, 4]), type: 'float16' as const };
    expect(reason(makeNode('MatMul', ['x', 'w'], ['y']), half)).toBe(
      'its weights are float16, not float32',
    );
  });

  it('passes over nodes that have no weights', () => {
    for (const node of [makeNode('Gather', ['w', 'x'], ['y']), makeNode('Add', ['x', 'w'], ['y'])])
      expect(find(node, [int64Tensor('w', [4], [1, 2, 3, 4])])).toEqual({ uses: [], refused: [] });
  });

  it('finds weights in Constant nodes, and in bodies that read outer ones', () => {
    const inner = makeGraph([makeNode('MatMul', ['x', 'w'], ['r'])], [], ['r']);
    const model = modelOf(
      [
        makeNode('Constant', [], ['w'], { value: float32Tensor('', [4, 4], new Float32Array(16)) }),
        {
          ...makeNode('If', ['c'], ['y']),
          attributes: new Map([body('then_branch', inner), body('else_branch', inner)]),
        },
      ],
      [float32('x', [4, 4])],
      [float32('y', [4, 4])],
      [],
    );
    expect(findWeightUses(model).uses.map(({ ref }) => ref)).toEqual([
      { scope: 'y.then_branch/', name: 'r' },
      { scope: 'y.else_branch/', name: 'r' },
    ]);
  });
});
