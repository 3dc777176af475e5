import { describe, expect, it } from 'vitest';
import { INT8_POLICIES } from '../../../../shared/compress/quantize/int8/int8-policy.ts';
import {
  addDequantized,
  addNamed,
  type WriteWeights,
  writeIntegerWeights,
} from '../../../../shared/compress/quantize/int8/integer-weights.ts';
import { findWeightedNodes } from '../../../../shared/compress/quantize/int8/weighted-nodes.ts';
import { editModel } from '../../../../shared/onnx/edit-model.ts';
import { rawTensor } from '../../../../shared/onnx/make-tensor.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { floatValues, integerValues } from '../../../../shared/onnx/tensor-data.ts';
import { modelOf } from './_plan.ts';

const GEMM = modelOf(`g (float[1,2] x) => (float[1,2] y)
  <float[2,2] w = {1, -2, 0.5, 0.25}, float[2] b = {3, -0.002}> {
    y = Gemm <transB = 1> (x, w, b) }`);

function written(write: WriteWeights, hardware: 'arm64' | 'cuda', parts = {}): Model {
  const [weighted] = findWeightedNodes(GEMM).weighted;
  if (!weighted) throw new Error('not weighted');
  const policy = INT8_POLICIES[hardware];
  return editModel(GEMM, (graph) => {
    const node = graph.producer('y');
    if (!node) throw new Error('no node gives y');
    const names = write({ graph, node, weighted, inputScale: 0.01, policy, ...parts });
    graph.update(node, { inputs: ['x', ...names] });
  }).model;
}

const numbers = ({ graph }: Model, name: string): readonly number[] => {
  const tensor = graph.initializers.get(name);
  if (!tensor) throw new Error(`no ${name}`);
  return tensor.type === 'float32' ? [...floatValues(tensor)] : integerValues(tensor);
};

describe('writeIntegerWeights', () => {
  it('puts codes behind DequantizeLinear, the bias in 32 bits', () => {
    const model = written(writeIntegerWeights, 'arm64');
    const [first = 1, second = 1] = numbers(model, 'w_scale');
    expect(numbers(model, 'w_q').map((code, at) => code * (at < 2 ? first : second))).toEqual(
      [1, -2, 0.5, 0.25].map((value) => expect.closeTo(value, 1)),
    );
    expect(numbers(model, 'w_q')[1]).toBe(-127);
    expect(numbers(model, 'w_zp')).toEqual([0, 0]);
    expect(numbers(model, 'b_scale')[0]).toBe(Math.fround(0.01 * first));
    expect(numbers(model, 'b_q')[0]).toBe(Math.round(3 / 0.01 / first));
    expect(model.graph.initializers.get('b_q')?.type).toBe('int32');
  });

  it('leaves the bias in float where the policy says so', () => {
    const model = written(writeIntegerWeights, 'cuda');
    expect(numbers(model, 'b_corrected')).toEqual([3, Math.fround(-0.002)]);
    expect(model.graph.initializers.has('b_q')).toBe(false);
  });

  it('takes weights that were rounded beforehand, unless the bias does not fit them', () => {
    const codes = Int8Array.of(1, -2, 3, 4);
    const fits = { codes, scales: Float32Array.of(1, 1) };
    expect(numbers(written(writeIntegerWeights, 'arm64', { prepared: fits }), 'w_q')).toEqual([
      1, -2, 3, 4,
    ]);
    const small = { codes, scales: Float32Array.of(1e-8, 1) };
    expect(numbers(written(writeIntegerWeights, 'arm64', { prepared: small }), 'w_q')[1]).toBe(
      -127,
    );
  });
});

it('names zero points for the kernels that ask for them: those of convolutions do not', () => {
  const conv = modelOf(`g (float[1,2,4,4] x) => (float[1,1,4,4] y)
    <float[1,2,1,1] w = {1, -2}> { y = Conv (x, w) }`);
  const [weighted] = findWeightedNodes(conv).weighted;
  if (!weighted) throw new Error('not weighted');
  const { graph } = editModel(conv, (edited) => {
    const node = edited.producer('y');
    if (!node) throw new Error('no node gives y');
    const policy = INT8_POLICIES.x64;
    const names = writeIntegerWeights({ graph: edited, node, weighted, inputScale: 1, policy });
    edited.update(node, { inputs: ['x', ...names] });
  }).model;
  expect(graph.nodes[0]?.inputs).toEqual(['w_q', 'w_scale']);
});

it('packs zero points of 4 bits', () => {
  const model = editModel(GEMM, (graph) => {
    const node = graph.producer('y');
    if (!node) throw new Error('no node gives y');
    const codes = addNamed(graph, 'w4', rawTensor('', 'int4', [2, 2], Uint8Array.of(0x21, 0x43)));
    const name = addDequantized(graph, node, 'w', codes, Float32Array.of(1, 2), 'int4', 0);
    graph.update(node, { inputs: node.inputs.with(1, name) });
  }).model;
  expect(numbers(model, 'w4')).toEqual([1, 2, 3, 4]);
  expect(numbers(model, 'w_zp')).toEqual([0, 0]);
  expect(model.graph.initializers.get('w_zp')?.type).toBe('int4');
});
