import { expect, it } from 'vitest';
import { fuseWeights } from '../../../shared/measure/fusion/fuse-weights.ts';
import { QuantizedGraph } from '../../../shared/measure/fusion/quantized-graph.ts';
import type { Attribute } from '../../../shared/onnx/model.ts';
import { CASES } from './cases.ts';
import { qdqModel } from './qdq-models.ts';

/** What becomes of a MatMul whose weights have blocks. */
function blocks(size: number, axis: number) {
  const { graph } = qdqModel(CASES['matmul, weights alone']!);
  const attributes = new Map<string, Attribute>([
    ['block_size', { type: 'int', value: size }],
    ['axis', { type: 'int', value: axis }],
  ]);
  const nodes = graph.nodes.map((node) =>
    node.opType === 'DequantizeLinear' ? { ...node, attributes } : node,
  );
  const lookup = new QuantizedGraph({ ...graph, nodes });
  const op = nodes.find(({ name }) => name === 'op')!;
  return fuseWeights(lookup, op, [lookup.dequantized('w0_dq')]);
}

it('takes blocks of a power of two from 16 along the reduction', () => {
  expect(blocks(32, 0)).toEqual({ kind: 'fused', bits: 8 });
  for (const [size, axis] of [
    [8, 0],
    [24, 0],
    [32, 1],
  ] as const) {
    expect(blocks(size, axis)).toEqual({
      kind: 'not-fused',
      reason: `its int8 weights become floats again at every run: blocks of ${size} along axis ${axis}`,
    });
  }
});
