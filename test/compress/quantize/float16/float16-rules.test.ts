import { describe, expect, it } from 'vitest';
import {
  clampsConstants,
  givesChosenType,
  keepsInput,
  whyFloat,
} from '../../../../shared/compress/quantize/float16/float16-rules.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';

const op = (name: string) => makeNode(name, ['x'], ['y']);

describe('float16 rules', () => {
  it('keep what loses too much in float32', () => {
    for (const name of [
      'TopK',
      'CumSum',
      'NonMaxSuppression',
      'Range',
      'RandomNormalLike',
      'DequantizeLinear',
    ])
      expect(whyFloat(op(name)), name).toBeDefined();
    expect(whyFloat({ ...op('Scaler'), domain: 'ai.onnx.ml' })).toBeDefined();
    for (const name of ['Conv', 'MatMul', 'Softmax', 'Max'])
      expect(whyFloat(op(name)), name).toBeUndefined();
  });

  it('keep sizes of Resize', () => {
    expect([0, 1, 2].map((position) => keepsInput(op('Resize'), position))).toEqual([
      false,
      true,
      true,
    ]);
    expect(keepsInput(op('Conv'), 1)).toBe(false);
  });

  it('know masks and epsilons from factors', () => {
    expect([op('Add'), op('Where'), op('Clip')].every(clampsConstants)).toBe(true);
    expect([op('Mul'), op('Div'), op('BatchNormalization')].some(clampsConstants)).toBe(false);
    expect(clampsConstants({ ...op('Add'), domain: 'my.own' })).toBe(false);
  });

  it('know results whose type is chosen', () => {
    expect(givesChosenType(op('Cast'))).toBe(true);
    expect(givesChosenType(op('Relu'))).toBe(false);
  });
});
