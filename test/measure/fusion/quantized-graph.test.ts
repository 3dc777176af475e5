import { describe, expect, it } from 'vitest';
import { bitsOf, QuantizedGraph } from '../../../shared/measure/fusion/quantized-graph.ts';
import { qdqModel } from './qdq-models.ts';

const { graph } = qdqModel({
  opType: 'Conv',
  activations: [[1, 4, 8, 8]],
  weights: [[4, 4, 3, 3]],
  outScale: 0.1,
  zero: 3,
});
const lookup = new QuantizedGraph(graph);
const body = new QuantizedGraph(
  { ...graph, nodes: [], initializers: new Map(), inputs: [], outputs: [] },
  lookup,
);

describe('QuantizedGraph', () => {
  it('tells weights from activations', () => {
    expect(lookup.dequantized('w0_dq')?.weight?.type).toBe('int8');
    expect(lookup.dequantized('x0_dq')).toMatchObject({ weight: undefined });
    expect(lookup.dequantized('x0')).toBeUndefined();
  });

  it('finds the only reader, when it is a Q', () => {
    expect(lookup.onlyQuantizer('y0')?.opType).toBe('QuantizeLinear');
    expect(lookup.onlyQuantizer('y0_dq')).toBeUndefined();
    const output = new QuantizedGraph({
      ...graph,
      outputs: [...graph.outputs, { name: 'y0', type: null }],
    });
    expect(output.onlyQuantizer('y0')).toBeUndefined();
  });

  it('compares scales and zero points by value', () => {
    const [before, after] = graph.nodes.filter(({ opType }) => opType === 'QuantizeLinear');
    expect(lookup.hasSameParameters(before!, before!)).toBe(true);
    expect(lookup.hasSameParameters(before!, after!)).toBe(false);
    expect(lookup.quantizedType(before!)).toBe('uint8');
  });

  it('sees the graph around it', () => {
    expect(body.constant('w0')?.type).toBe('int8');
    expect(body.producer('w0_dq')?.opType).toBe('DequantizeLinear');
    expect(body.constant('none')).toBeUndefined();
  });
});

it('counts bits', () => {
  expect(['int4', 'uint8', 'int16', 'float8e4m3fn'].map(bitsOf)).toEqual([4, 8, 16, 8]);
});
