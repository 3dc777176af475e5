import { describe, expect, it } from 'vitest';
import type { PlannedHalf } from '../../../../shared/compress/quantize/float16/float16-plan.ts';
import { TypedValues } from '../../../../shared/compress/quantize/float16/typed-values.ts';
import { GraphEditor } from '../../../../shared/onnx/graph-editor.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import { graph as makeGraph, ops } from '../../../onnx/_build.ts';
import { weight } from '../_numeric.ts';

const half = (name: string): [string, PlannedHalf] => [
  name,
  { scope: '', name, op: 'Relu', node: '', inputs: [0], outputs: [0] },
];

function setUp(planned: string[], outputs: string[] = ['z']) {
  const graph = new GraphEditor(
    makeGraph([makeNode('Relu', ['x'], ['y']), makeNode('Neg', ['y'], ['z'])], ['x'], outputs, {
      initializers: new Map([['w', weight('w', [2])]]),
    }),
    { irVersion: 8 },
  );
  const values = new TypedValues(new Map(planned.map(half)), 'float32');
  values.enter(graph, '', new Set());
  return { graph, values };
}

describe('TypedValues', () => {
  it('casts behind the node that gives the value, once', () => {
    const { graph, values } = setUp(['y']);
    expect(values.as(graph, 'y', 'float16')).toBe('y');
    expect(values.as(graph, 'y', 'float32')).toBe('y_float32');
    expect(values.as(graph, 'y', 'float32')).toBe('y_float32');
    expect(values.as(graph, 'x', 'float16')).toBe('x_float16');
    expect(ops(graph.build())).toEqual([
      'Cast(x)→x_float16',
      'Relu(x)→y',
      'Cast(y)→y_float32',
      'Neg(y)→z',
    ]);
  });

  it('gives an output of the graph its name back', () => {
    const { graph, values } = setUp(['y'], ['y']);
    expect(values.ownName(graph, 'y')).toBe('y_float16');
    expect(values.as(graph, 'y', 'float32')).toBe('y');
    expect(values.as(graph, 'y', 'float16')).toBe('y_float16');
    expect(values.ownName(graph, 'z')).toBe('z');
  });

  it('converts constants, and takes the float32 ones out when nothing reads them', () => {
    const { graph, values } = setUp([]);
    expect(values.as(graph, 'w', 'float32')).toBe('w');
    expect(values.as(graph, 'w', 'float16')).toBe('w_float16');
    values.finish(graph);
    expect([...graph.initializers.keys()]).toEqual(['w_float16']);
  });

  it('leaves names that nothing defines', () => {
    const { graph, values } = setUp([]);
    expect(values.as(graph, '', 'float16')).toBe('');
    expect(values.as(graph, 'nowhere', 'float16')).toBe('nowhere');
  });
});
