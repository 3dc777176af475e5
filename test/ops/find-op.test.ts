import { describe, expect, it } from 'vitest';
import {
  findOp,
  isKnownDomain,
  NEWEST_OPSET,
  opTypesOf,
  parameterAt,
  versionsOf,
} from '../../shared/ops/find-op.ts';

describe('findOp', () => {
  it('gives the newest version that is not above the opset', () => {
    expect(findOp('', 'Resize', 17)?.since).toBe(13);
    expect(findOp('', 'Resize', 9)).toBeUndefined();
    expect(findOp('ai.onnx', 'Resize', 26)?.since).toBe(19);
    expect(versionsOf('', 'DequantizeLinear')).toEqual([10, 13, 19, 21, 23, 24, 25]);
  });

  it('knows inputs, outputs and how many there may be', () => {
    const conv = findOp('', 'Conv', 17);
    expect(conv?.inputs.map(({ name, option }) => `${name} ${option}`)).toEqual([
      'X single',
      'W single',
      'B optional',
    ]);
    expect([conv?.minInputs, conv?.maxInputs, conv?.minOutputs, conv?.maxOutputs]).toEqual([
      2, 3, 1, 1,
    ]);
    expect(conv?.inputs[0]?.types).toEqual(['float16', 'float32', 'float64']);
    const concat = findOp('', 'Concat', 13);
    expect([concat?.minInputs, concat?.maxInputs]).toEqual([1, Number.POSITIVE_INFINITY]);
    expect(parameterAt(concat?.inputs ?? [], 7)?.name).toBe('inputs');
    expect(parameterAt(conv?.inputs ?? [], 3)).toBeUndefined();
  });

  it('counts required inputs behind optional ones, and variadic ones that may be empty', () => {
    expect(findOp('', 'Resize', 11)?.minInputs).toBe(3);
    expect(findOp('', 'Resize', 13)?.minInputs).toBe(1);
    expect(findOp('', 'Loop', 11)?.minInputs).toBe(2);
    expect(findOp('', 'Loop', 1)?.minInputs).toBe(3);
  });

  it('knows kinds and defaults of attributes', () => {
    const attributes = findOp('', 'LSTM', 14)?.attributes;
    expect(attributes?.get('direction')).toEqual({
      name: 'direction',
      kind: 'string',
      required: false,
      default: 'forward',
    });
    expect(findOp('', 'RNN', 14)?.attributes.get('activations')?.default).toEqual(['Tanh', 'Tanh']);
    expect(findOp('com.microsoft', 'MatMulNBits', 1)?.attributes.get('K')?.required).toBe(true);
  });

  it('knows the domains of the runtime, and says what it does not know', () => {
    for (const op of ['MatMulNBits', 'FusedConv', 'QLinearAdd', 'DynamicQuantizeMatMul']) {
      expect(findOp('com.microsoft', op, 1)?.opType).toBe(op);
    }
    expect(findOp('', 'Upsample', 10)?.deprecated).toBe(true);
    expect(findOp('', 'MatMulNBits', 26)).toBeUndefined();
    expect(findOp('my.own', 'Conv', 1)).toBeUndefined();
    expect(isKnownDomain('ai.onnx.ml')).toBe(true);
    expect(isKnownDomain('my.own')).toBe(false);
  });

  it('can read every line of the table', () => {
    const since = (domain: string): number[] =>
      opTypesOf(domain).flatMap((op) =>
        versionsOf(domain, op).map((v) => (findOp(domain, op, v)?.since === v ? v : -1)),
      );
    const all = ['', 'ai.onnx.ml', 'com.microsoft'].map(since);
    expect(all.flat().length).toBeGreaterThan(700);
    expect(all.flat()).not.toContain(-1);
    expect(Math.max(...(all[0] ?? []))).toBe(NEWEST_OPSET);
  });
});
