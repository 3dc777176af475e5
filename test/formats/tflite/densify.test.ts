import { describe, expect, it } from 'vitest';
import { LimitError, ModelError } from '../../../shared/base/errors.ts';
import { densify } from '../../../shared/formats/tflite/densify.ts';
import { parseModel } from '../../../shared/formats/tflite/parse-model.ts';
import type { TfliteTensor } from '../../../shared/formats/tflite/tflite-model.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { floatValues } from '../../../shared/onnx/tensor-data.ts';
import { caseOf, expectSame } from './_compare.ts';
import { fileOf } from './_run.ts';

function weightsOf(name: string): TfliteTensor {
  const { subgraphs } = parseModel(memorySource(fileOf(caseOf(name)), 'model.tflite'));
  const tensor = subgraphs[0]?.tensors.find(({ sparsity }) => sparsity !== undefined);
  if (!tensor) throw new Error('nothing is sparse');
  return tensor;
}

const dense = ({ name, data, sparsity }: TfliteTensor, dims: readonly number[]) => {
  if (!data || !sparsity) throw new Error('it is not sparse');
  return densify(name, 'float32', dims, data, sparsity);
};

describe.each(['sparse_rows', 'sparse_blocks'])('%s', (name) => {
  it('gives the products that TensorFlow Lite gives', async () => {
    await expectSame(caseOf(name));
  });

  it('has zeros where nothing is stored, a whole row of them', () => {
    const weights = weightsOf(name);
    const values = floatValues(dense(weights, [8, 8]));
    expect([...values.slice(24, 32)]).toEqual(new Array(8).fill(0));
    const stored = (weights.data?.length ?? 0) / 4;
    expect(values.filter((value) => value !== 0)).toHaveLength(stored);
  });

  it('is refused in sizes that do not fit, and beyond the limit', () => {
    const weights = weightsOf(name);
    expect(() => dense(weights, [8, 4])).toThrow(ModelError);
    expect(() => dense(weights, [4, 8])).toThrow(ModelError);
    expect(() => dense(weights, [8])).toThrow(ModelError);
    expect(() => dense(weights, [1 << 16, 1 << 16])).toThrow(LimitError);
  });
});
