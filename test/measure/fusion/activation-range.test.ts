import { expect, it } from 'vitest';
import { cutsNothing } from '../../../shared/measure/fusion/activation-range.ts';
import { QuantizedGraph } from '../../../shared/measure/fusion/quantized-graph.ts';
import { float32Tensor } from '../../../shared/onnx/make-tensor.ts';
import { type OpCase, qdqModel } from './qdq-models.ts';

/** Q steps by 0.05: uint8 from zero point 0 reaches 0 … 12.75. */
function cuts(spec: Partial<OpCase> & Pick<OpCase, 'opType'>): boolean {
  const { graph } = qdqModel({ activations: [[4]], ...spec });
  const lookup = new QuantizedGraph(graph);
  const op = graph.nodes.find(({ name }) => name === 'op')!;
  return !cutsNothing(lookup, op, lookup.onlyQuantizer('y0')!);
}
const clip = (low: number, high: number): Partial<OpCase> & { opType: string } => ({
  opType: 'Clip',
  constants: [float32Tensor('low', [], [low]), float32Tensor('high', [], [high])],
});

it('is so where the lowest value stands for 0, and the highest lies below the bound', () => {
  expect(cuts({ opType: 'Relu', zero: 0 })).toBe(false);
  expect(cuts({ opType: 'Relu', zero: 1 })).toBe(true);
  expect(cuts({ opType: 'Relu', zero: 0x80, type: 'int8' })).toBe(false);
  expect(cuts({ opType: 'Relu', zero: 0, noZero: true })).toBe(false);
  expect(cuts({ ...clip(0, 12.8), zero: 0 })).toBe(false);
  expect(cuts({ ...clip(0, 12.7), zero: 0 })).toBe(true);
  expect(cuts({ ...clip(0.1, 20), zero: 0 })).toBe(true);
  expect(cuts({ ...clip(-10, 20), zero: 100 })).toBe(false);
});
