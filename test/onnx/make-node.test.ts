import { describe, expect, it } from 'vitest';
import { DefectError } from '../../shared/base/errors.ts';
import { floatAttribute, floatsAttribute, makeNode } from '../../shared/onnx/make-node.ts';
import { int64Tensor } from '../../shared/onnx/make-tensor.ts';

describe('makeNode', () => {
  const node = makeNode('com.microsoft:Thing', ['x', '', 'w', '', ''], ['y'], {
    axis: -1,
    alpha: floatAttribute(2),
    pads: [0, 1],
    ratios: floatsAttribute([1, 2]),
    mode: 'linear',
    value: int64Tensor('v', [1], [3]),
    left: undefined,
  });

  it('takes the domain before the colon and drops absent inputs at the end', () => {
    expect(node).toMatchObject({ domain: 'com.microsoft', opType: 'Thing', outputs: ['y'] });
    expect(node.inputs).toEqual(['x', '', 'w']);
  });

  it('gives attributes their kinds', () => {
    const kinds = [...node.attributes].map(([name, { type }]) => `${name}:${type}`);
    expect(kinds.join(' ')).toBe(
      'axis:int alpha:float pads:ints ratios:floats mode:string value:tensor',
    );
  });

  it('refuses a fraction without a kind', () => {
    expect(() => makeNode('X', [], [], { alpha: 0.5 })).toThrow(DefectError);
  });
});
