import { describe, expect, it } from 'vitest';
import { findWeightedNodes } from '../../../../shared/compress/quantize/int8/weighted-nodes.ts';
import {
  addTrainedIntegers,
  addTrainedReals,
  INT4_OPSET,
  type TrainedCodes,
} from '../../../../shared/compress/quantize/qat/trained-codes.ts';
import { editModel } from '../../../../shared/onnx/edit-model.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { integerValues } from '../../../../shared/onnx/tensor-data.ts';
import { verifyModel } from '../../../../shared/onnx/verify.ts';
import { feed, firstOutput, float32, modelOf, weight } from '../_numeric.ts';

const MATMUL = {
  ...modelOf(
    [makeNode('MatMul', ['x', 'w'], ['y'])],
    [float32('x', [2, 5])],
    [float32('y', [2, 3])],
    [weight('w', [5, 3])],
    INT4_OPSET,
  ),
  irVersion: 10,
};

/** Rows of 5 codes for 3 output channels: fifteen fill seven bytes and a half. */
const CODES = Int8Array.of(-8, -1, 0, 7, 3, 1, 2, 3, 4, 5, -5, -4, -3, -2, 6);
const SCALES = Float32Array.of(0.5, 0.25, 2);

function written(bits: 4 | 8, write: (of: TrainedCodes) => string): Model {
  const [weighted] = findWeightedNodes(MATMUL).weighted;
  if (!weighted) throw new Error('not weighted');
  const edited = editModel(MATMUL, (graph) => {
    const node = graph.producer('y');
    if (!node) throw new Error('no node gives y');
    const rounded = { codes: CODES, scales: SCALES };
    const name = write({ graph, node, weighted, name: 'w', rounded, bits });
    graph.update(node, { inputs: ['x', name] });
    graph.removeInitializer('w');
  }).model;
  expect(verifyModel(edited)).toEqual([]);
  return edited;
}

const x = feed([2, 5]);

function product(): number[] {
  return [0, 1].flatMap((row) =>
    [0, 1, 2].map((channel) => {
      let sum = 0;
      for (let k = 0; k < 5; k++)
        sum += Number(x.data[row * 5 + k]) * (CODES[channel * 5 + k] ?? 0) * (SCALES[channel] ?? 0);
      return sum;
    }),
  );
}

const FORMS: readonly (readonly [string, 4 | 8, (of: TrainedCodes) => string, string])[] = [
  ['integers of 8 bits', 8, (of) => addTrainedIntegers(of, 'x64'), 'int8'],
  ['integers of 4 bits', 4, (of) => addTrainedIntegers(of, 'x64'), 'int4'],
  ['integers of 4 bits for TensorRT', 4, (of) => addTrainedIntegers(of, 'cuda'), 'int4'],
  ['reals of 8 bits', 8, addTrainedReals, 'int8'],
  ['reals of 4 bits', 4, addTrainedReals, 'int4'],
];

describe('codes in the file', () => {
  it.each(FORMS)('%s stand for the same weights', async (_, bits, write, type) => {
    const model = written(bits, write);
    const stored = [...model.graph.initializers.values()].find(
      ({ dims }) => dims.length === 2 && dims[0] === 5,
    );
    expect(stored?.type).toBe(type);
    // In the order of [5, 3].
    expect(stored && integerValues(stored).slice(0, 4)).toEqual([-8, 1, -5, -1]);
    for (const graphOptimizationLevel of ['disabled', 'all']) {
      const y = await firstOutput(model, { x }, { graphOptimizationLevel });
      // Fused into MatMulNBits, which quantizes the input too, by 8 bits.
      const digits = graphOptimizationLevel === 'all' ? 0 : 4;
      expect([...y]).toEqual(product().map((value) => expect.closeTo(value, digits)));
    }
  });
});
