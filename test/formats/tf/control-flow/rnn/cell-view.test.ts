import { describe, expect, it } from 'vitest';
import { FunctionView } from '../../../../../shared/formats/tf/control-flow/function-view.ts';
import { blankList } from '../../../../../shared/formats/tf/control-flow/list-ops.ts';
import { CellView } from '../../../../../shared/formats/tf/control-flow/rnn/cell-view.ts';
import type { TfNode } from '../../../../../shared/formats/tf/tf-graph.ts';
import { builder, constant, fn, node } from '../_graph.ts';

/** Variables: the step, a state of two units, a list that is read, weights. */
function viewOf(nodes: readonly TfNode[]): CellView {
  const b = builder();
  const body = new FunctionView(
    fn('body', ['i', 'h', 'list', 'w'], nodes, ['i', 'h', 'list', 'w']),
  );
  const starts = [
    b.scalar(0, 'int32'),
    b.input('h', 'float32', ['batch', 2]),
    blankList('float32', [null, 3], b.scalar(4, 'int32')),
    b.input('w', 'float32', [3, 8]),
  ];
  return new CellView({
    context: { b, node: node('w', 'While'), functions: new Map(), call: () => [] },
    condition: body,
    body,
    starts,
    invariant: new Set([2, 3]),
    counters: new Map([[0, 0]]),
    trips: undefined,
  });
}

const read = node('x', 'TensorListGetItem', ['list', 'i', 'w']);

describe('a step of a recurrent layer', () => {
  it('reads sums of products, in any order', () => {
    const view = viewOf([
      read,
      node('xw', 'MatMul', ['x', 'w']),
      node('hw', 'MatMul', ['h', 'w']),
      node('all', 'BiasAdd', ['some', 'w']),
      node('some', 'AddV2', ['hw', 'xw']),
    ]);
    expect(view.affine('all')).toEqual({
      input: { list: 2, weights: 'w' },
      recurrent: { of: 'h', weights: 'w' },
      biases: ['w'],
    });
  });

  it('reads what TensorFlow.js has fused', () => {
    const list = { kind: 'list', value: [{ kind: 'string', value: 'BiasAdd' }] } as const;
    const view = viewOf([
      read,
      node('hw', 'MatMul', ['h', 'w']),
      node('all', '_FusedMatMul', ['x', 'w', 'hw'], { fused_ops: list }),
    ]);
    expect(view.affine('all')).toMatchObject({ input: { list: 2 }, recurrent: { of: 'h' } });
  });

  it.each<[string, TfNode[]]>([
    ['something else in it', [node('all', 'Mul', ['h', 'w'])]],
    [
      'two products of the input',
      [
        read,
        node('a', 'MatMul', ['x', 'w']),
        node('all', 'AddV2', ['a', 'a2']),
        node('a2', 'MatMul', ['x', 'w']),
      ],
    ],
    ['weights that change', [node('all', 'MatMul', ['h', 'h'])]],
    ['endless addends', [node('all', 'AddV2', ['all', 'h'])]],
  ])('is no sum of products with %s', (_, nodes) => {
    expect(viewOf(nodes).affine('all')).toBeUndefined();
  });

  it('tells gates from their places', () => {
    const view = viewOf([
      constant('axis', [-1]),
      node('split', 'Split', ['axis', 'h'], { num_split: 4 }),
      constant('sizes', [2, 2, -1], 'int32', [3]),
      node('uneven', 'SplitV', ['h', 'sizes', 'axis']),
      constant('from', [0, 2], 'int32', [2]),
      constant('to', [0, 4], 'int32', [2]),
      constant('step', [1, 1], 'int32', [2]),
      node('slice', 'StridedSlice', ['h', 'from', 'to', 'step'], { begin_mask: 1, end_mask: 1 }),
      node('partly', 'StridedSlice', ['h', 'from', 'to', 'step'], { begin_mask: 1 }),
    ]);
    expect(view.gate('split:3', 4, 2)).toEqual({ whole: 'h', index: 3 });
    expect(view.gate('split', 3, 2)).toBeUndefined();
    expect(view.gate('uneven:2', 3, 2)).toEqual({ whole: 'h', index: 2 });
    expect(view.gate('uneven:1', 3, 4)).toBeUndefined();
    expect(view.gate('slice', 3, 2)).toEqual({ whole: 'h', index: 1 });
    expect(view.gate('slice', 3, 1)).toBeUndefined();
    expect(view.gate('partly', 3, 2)).toBeUndefined();
  });

  it('reads the element of its own number, from a list that stays', () => {
    const view = viewOf([
      read,
      constant('first', [0]),
      node('fixed', 'TensorListGetItem', ['list', 'first', 'w']),
    ]);
    expect(view.inputList('x')).toBe(2);
    expect(view.inputList('fixed')).toBeUndefined();
  });

  it('has units where its state is a matrix of float32', () => {
    const view = viewOf([]);
    expect(view.unitsOf(1)).toBe(2);
    expect(view.unitsOf(0)).toBeUndefined();
    expect(view.unitsOf(2)).toBeUndefined();
  });
});
