import { describe, expect, it } from 'vitest';
import { planFloat16 } from '../../../../shared/compress/quantize/float16/plan-float16.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import type { Node } from '../../../../shared/onnx/model.ts';
import { float32, int64, modelOf, weight } from '../_numeric.ts';

const W = weight('w', [64, 64]);
const halves = (nodes: Node[], io: 'float32' | 'float16' = 'float32'): string[] =>
  planFloat16(
    modelOf(nodes, [float32('x', [64, 64]), int64('a', [])], [float32('y', [64, 64])], [W]),
    undefined,
    { io },
  ).nodes.map(({ name }) => name);
const float = (from: string, to: string): Node => makeNode('CumSum', [from, 'a'], [to]);

describe('islands', () => {
  it('of cheap nodes between float32 ones are dropped, chains too', () => {
    expect(
      halves([
        float('x', 's'),
        makeNode('Relu', ['s'], ['t']),
        makeNode('Neg', ['t'], ['u']),
        float('u', 'y'),
      ]),
    ).toEqual([]);
  });

  it('with weights stay', () => {
    expect(
      halves([float('x', 's'), makeNode('MatMul', ['s', 'w'], ['t']), float('t', 'y')]),
    ).toEqual(['t']);
    expect(halves([float('x', 's'), makeNode('Add', ['s', 'w'], ['t']), float('t', 'y')])).toEqual([
      't',
    ]);
  });

  it('joined to a node with weights stay', () => {
    const joined = [
      float('x', 's'),
      makeNode('Relu', ['s'], ['t']),
      makeNode('MatMul', ['t', 'w'], ['u']),
      float('u', 'y'),
    ];
    expect(halves(joined)).toEqual(['t', 'u']);
  });

  it('are none where the border is float16 itself', () => {
    expect(halves([makeNode('Relu', ['x'], ['y'])])).toEqual([]);
    expect(halves([makeNode('Relu', ['x'], ['y'])], 'float16')).toEqual(['y']);
  });
});
