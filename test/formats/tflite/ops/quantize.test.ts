import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../../shared/base/errors.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { integerValues } from '../../../../shared/onnx/tensor-data.ts';
import { caseOf } from '../_compare.ts';
import { converted, fileOf } from '../_run.ts';

const modelOf = (name: string): Model => converted(fileOf(caseOf(name)));

const opsOf = (model: Model): readonly string[] =>
  model.graph.nodes.map(({ opType }) => opType).filter((op) => op !== 'Transpose');

/** The node that makes a value. */
const maker = (model: Model, name: string | undefined) =>
  model.graph.nodes.find(({ outputs }) => outputs.includes(name ?? ''));

describe('models of 8 bits', () => {
  const model = modelOf('int8_conv');

  it('take and give integers, and compute between QuantizeLinear and DequantizeLinear', () => {
    const types = [...model.graph.inputs, ...model.graph.outputs].map(({ type }) => type);
    expect(types).toMatchObject([{ elementType: 'int8' }, { elementType: 'int8' }]);
    expect(opsOf(model)).toEqual([
      'DequantizeLinear',
      'DequantizeLinear',
      'DequantizeLinear',
      'Conv',
      'Relu',
      'QuantizeLinear',
      'Identity',
    ]);
    expect(model.opsets.get('')).toBe(17);
  });

  it('keep weights as integers, with one scale for each output channel where it lies then', () => {
    const conv = model.graph.nodes.find(({ opType }) => opType === 'Conv');
    const weights = maker(model, conv?.inputs[1]);
    expect(weights?.opType).toBe('DequantizeLinear');
    expect(weights?.attributes.get('axis')).toMatchObject({ value: 0 });
    const stored = model.graph.initializers.get(weights?.inputs[0] ?? '');
    expect(stored).toMatchObject({ type: 'int8', dims: [5, 3, 3, 3] });
    expect(model.graph.initializers.get(weights?.inputs[1] ?? '')?.dims).toEqual([5]);
    const bias = maker(model, conv?.inputs[2]);
    expect(model.graph.initializers.get(bias?.inputs[0] ?? '')?.type).toBe('int32');
  });

  it('have the scales of depthwise weights along the joined channels', () => {
    const depthwise = modelOf('int8_depthwise');
    const conv = depthwise.graph.nodes.find(({ opType }) => opType === 'Conv');
    const weights = maker(depthwise, conv?.inputs[1]);
    expect(weights?.attributes.get('axis')).toMatchObject({ value: 0 });
    expect(depthwise.graph.initializers.get(weights?.inputs[0] ?? '')?.dims).toEqual([8, 1, 3, 3]);
  });
});

describe('models of 16 bits', () => {
  it('need opset 21, and have their bias of 64 bits as float32', () => {
    const model = modelOf('int16_conv');
    expect(model.opsets.get('')).toBe(21);
    const conv = model.graph.nodes.find(({ opType }) => opType === 'Conv');
    expect(model.graph.initializers.get(conv?.inputs[2] ?? '')?.type).toBe('float32');
  });

  it('are refused under an older opset that was asked for', () => {
    expect(() => converted(fileOf(caseOf('int16_conv')), { opset: 17 })).toThrow(UnsupportedError);
  });
});

describe('weights alone', () => {
  it('stay integers in a table of which rows are picked', () => {
    const model = modelOf('dynamic_embedding');
    const gather = model.graph.nodes.find(({ opType }) => opType === 'Gather');
    expect(model.graph.initializers.get(gather?.inputs[0] ?? '')?.type).toBe('int8');
    expect(opsOf(model).filter((op) => op === 'QuantizeLinear')).toEqual([]);
  });

  it('of four bits get a byte each', () => {
    const model = modelOf('int4_fully_connected');
    const gemm = model.graph.nodes.find(({ opType }) => opType === 'Gemm');
    const stored = model.graph.initializers.get(maker(model, gemm?.inputs[1])?.inputs[0] ?? '');
    expect(stored).toMatchObject({ type: 'int8', dims: [5, 6] });
    const values = stored ? integerValues(stored) : [];
    expect(Math.max(...values)).toBeLessThanOrEqual(7);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-8);
  });
});
