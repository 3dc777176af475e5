import { describe, expect, it } from 'vitest';
import { ModelError } from '../../shared/base/errors.ts';
import { floatOf, floatsOf, intOf, intsOf, stringOf } from '../../shared/onnx/attributes.ts';
import { floatAttribute, floatsAttribute, makeNode } from '../../shared/onnx/make-node.ts';

const node = makeNode('Thing', [], [], {
  axis: -1,
  ends: [3, 2n ** 63n - 1n, -(2n ** 63n)],
  alpha: floatAttribute(0.5),
  scales: floatsAttribute([1, 2]),
  mode: 'linear',
  caller: { type: 'reference', value: 'theirs', of: 'int' },
});

describe('attributes', () => {
  it('are read as plain values', () => {
    expect(intOf(node, 'axis', 0)).toBe(-1);
    expect(floatOf(node, 'alpha', 1)).toBe(0.5);
    expect(floatsOf(node, 'scales')).toEqual([1, 2]);
    expect(stringOf(node, 'mode', '')).toBe('linear');
  });

  it('stop at the largest safe integer', () => {
    expect(intsOf(node, 'ends')).toEqual([3, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]);
  });

  it('fall back when absent, or when they are the caller’s', () => {
    expect(intOf(node, 'missing', 7)).toBe(7);
    expect(intOf(node, 'caller', 7)).toBe(7);
    expect(intsOf(node, 'missing')).toBeUndefined();
    expect(floatsOf(node, 'missing')).toBeUndefined();
    expect(floatOf(node, 'missing', 1)).toBe(1);
    expect(stringOf(node, 'missing', 'nearest')).toBe('nearest');
  });

  it('of another kind are an error of the model', () => {
    expect(() => intOf(node, 'alpha', 0)).toThrow(ModelError);
    expect(() => intsOf(node, 'axis')).toThrow(/kind int, not ints/);
    expect(() => floatOf(node, 'axis', 0)).toThrow(ModelError);
    expect(() => floatsOf(node, 'axis')).toThrow(ModelError);
    expect(() => stringOf(node, 'axis', '')).toThrow(ModelError);
  });
});
