import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../../shared/base/errors.ts';
import type { Hardware } from '../../../../shared/base/hardware.ts';
import type { WeightVariant } from '../../../../shared/compress/quantize/policy.ts';
import {
  planWeights,
  type WeightOptions,
} from '../../../../shared/compress/quantize/weights/plan-weights.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import type { Model, ValueType } from '../../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../../shared/onnx/stored-tensor.ts';
import { float32, modelOf, weight } from '../_numeric.ts';

const one = (op: string, dims: readonly number[], opset = 17, attributes = {}): Model =>
  modelOf(
    [makeNode(op, ['x', 'w'], ['y'], attributes)],
    [float32('x', ['n'])],
    [float32('y', ['n'])],
    [weight('w', dims)],
    opset,
  );

function formOf(
  model: Model,
  variant: WeightVariant,
  options: Partial<WeightOptions> = {},
): string | undefined {
  return planWeights(model, variant, undefined, { hardware: 'x64', ...options }).nodes[0]?.form;
}

const typesWithRows = (rows: number) => ({
  get: (): ValueType => ({ kind: 'tensor', elementType: 'float32', shape: ['batch', rows, 64] }),
  of: () => new Map(),
  whyUnknown: () => undefined,
});

describe('planWeights', () => {
  const matmul = one('MatMul', [64, 64]);

  it('takes the form of the policy', () => {
    expect(formOf(matmul, 'int4')).toBe('matmul-nbits');
    expect(formOf(matmul, 'int4', { hardware: 'cuda' })).toBe('folded');
    expect(formOf(one('MatMul', [256, 64]), 'int4', { hardware: 'cuda' })).toBe(
      'dequantize-blocks',
    );
    expect(formOf(matmul, 'int8-dynamic')).toBe('dynamic');
    expect(formOf(matmul, 'int8-dynamic', { hardware: 'cuda' })).toBe('folded');
    expect(formOf(matmul, 'int8-weights')).toBe('dequantize');
    expect(formOf(one('Conv', [32, 16, 3, 3]), 'int8-dynamic')).toBe('folded');
  });

  it('never gives x64 weights that may overflow, and x64-vnni all eight bits', () => {
    const limits = (hardware: Hardware) =>
      planWeights(matmul, 'int8-dynamic', undefined, { hardware }).nodes[0]?.limits;
    expect(limits('x64')).toEqual({ highest: 127, pairSum: 128 });
    expect(limits('x64-vnni')).toEqual({ highest: 127, pairSum: null });
  });

  it('folds weights of products with many rows', () => {
    expect(
      planWeights(matmul, 'int8-weights', typesWithRows(4), { hardware: 'x64' }).nodes[0]?.form,
    ).toBe('dequantize');
    const wide = planWeights(matmul, 'int8-weights', typesWithRows(100), { hardware: 'x64' })
      .nodes[0];
    expect(wide).toMatchObject({
      form: 'folded',
      reason: 'it multiplies 100 rows at once: folded when the model is loaded',
    });
  });

  it('asks for the opset that the forms need, and no more than is allowed', () => {
    const old = one('MatMul', [64, 64], 9);
    expect(planWeights(old, 'int8-weights', undefined, { hardware: 'x64' }).opset).toBe(13);
    expect(planWeights(old, 'int4', undefined, { hardware: 'x64' }).opset).toBe(9);
    const limited = planWeights(old, 'int8-weights', undefined, { hardware: 'x64', maxOpset: 11 });
    expect(limited).toMatchObject({ opset: 9, nodes: [{ form: 'folded' }] });
  });

  it('says what it leaves alone and why', () => {
    const plan = planWeights(one('MatMul', [8, 8]), 'int4', undefined, { hardware: 'x64' });
    expect(plan.nodes).toEqual([]);
    expect(plan.kept).toEqual([
      {
        scope: '',
        name: 'y',
        op: 'MatMul',
        node: '',
        weights: ['w'],
        bytes: 256,
        reason: 'in place of 256 bytes its codes would take 96 and some nodes',
      },
    ]);
  });

  it.each([
    ['LSTM', { layout: 1 }, 'its layout is batch first'],
    ['LSTM', {}, undefined],
    ['GRU', {}, 'onnxruntime has no integer GRU'],
  ])('%s %j', (op, attributes, reason) => {
    const initializers: StoredTensor[] = [weight('w', [1, 64, 20]), weight('r', [1, 64, 16])];
    const model = modelOf(
      [makeNode(op, ['x', 'w', 'r'], ['y'], attributes)],
      [float32('x', ['n'])],
      [float32('y', ['n'])],
      initializers,
    );
    const [node] = planWeights(model, 'int8-dynamic', undefined, { hardware: 'x64' }).nodes;
    expect(node?.form).toBe(reason ? 'folded' : 'dynamic-lstm');
    if (reason) expect(node?.reason).toContain(reason);
  });

  it('falls back to 8 bits where blocks do not fit', () => {
    const table = (columns: number) =>
      modelOf(
        [makeNode('Gather', ['w', 'x'], ['y'])],
        [float32('x', ['n'])],
        [float32('y', ['n'])],
        [weight('w', [100, columns])],
      );
    expect(formOf(table(64), 'int4')).toBe('gather-blocks');
    expect(formOf(table(63), 'int4')).toBe('gather-dequantize');
    expect(formOf(table(20), 'int4')).toBe('gather-dequantize');
    expect(formOf(one('MatMul', [20, 64]), 'int4')).toBe('folded');
    expect(formOf(one('MatMul', [2, 64, 64]), 'int4')).toBe('folded');
  });

  it('counts bytes by the block and the zero points', () => {
    const bytes = (options: Partial<WeightOptions>) =>
      planWeights(one('MatMul', [128, 64]), 'int4', undefined, { hardware: 'x64', ...options })
        .nodes[0]?.bytes;
    expect(bytes({})).toEqual([32768, 64 * 4 * 20]);
    expect(bytes({ block: 128 })).toEqual([32768, 64 * 68]);
    expect(bytes({ symmetric: false })).toEqual([32768, 64 * (4 * 20 + 2)]);
  });

  it('is plain JSON', () => {
    const plan = planWeights(matmul, 'int8-dynamic', undefined, { hardware: 'x64' });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('refuses models older than opset 7', () => {
    expect(() =>
      planWeights(one('MatMul', [64, 64], 6), 'int4', undefined, { hardware: 'x64' }),
    ).toThrow(UnsupportedError);
  });
});
