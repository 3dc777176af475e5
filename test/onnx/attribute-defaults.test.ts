import { describe, expect, it } from 'vitest';
import { withoutDefaults } from '../../shared/onnx/attribute-defaults.ts';
import { type AttributeInputs, floatAttribute, makeNode } from '../../shared/onnx/make-node.ts';

const kept = (op: string, attributes: AttributeInputs, opset = 17): readonly string[] => [
  ...withoutDefaults(makeNode(op, ['x'], ['y'], attributes), opset).attributes.keys(),
];

describe('withoutDefaults', () => {
  it('leaves out ints, floats and texts that say what goes without saying', () => {
    expect(kept('Gemm', { alpha: floatAttribute(1), transA: 0, transB: 1 })).toEqual(['transB']);
    expect(kept('Gemm', { beta: floatAttribute(0.5) })).toEqual(['beta']);
    expect(kept('Resize', { mode: 'nearest', nearest_mode: 'floor' })).toEqual(['nearest_mode']);
    expect(kept('LeakyRelu', { alpha: floatAttribute(Math.fround(0.01)) })).toEqual([]);
    expect(kept('Softmax', { axis: -1n })).toEqual([]);
  });

  it('goes by the operator set', () => {
    expect(kept('Softmax', { axis: 1 }, 11)).toEqual([]);
    expect(kept('Softmax', { axis: 1 }, 13)).toEqual(['axis']);
  });

  it('keeps what has no default, and what no table knows', () => {
    expect(kept('Conv', { kernel_shape: [1, 1], strides: [1, 1] })).toEqual([
      'kernel_shape',
      'strides',
    ]);
    expect(kept('some.domain:Op', { axis: 0 })).toEqual(['axis']);
  });

  it('gives the node itself where all is said', () => {
    const node = makeNode('Softmax', ['x'], ['y'], { axis: 0 });
    expect(withoutDefaults(node, 17)).toBe(node);
  });
});
