import { describe, expect, it } from 'vitest';
import {
  clampOf,
  groupOf,
  passesThrough,
} from '../../../../shared/compress/quantize/int8/node-groups.ts';
import { scopesOf } from '../../../../shared/compress/quantize/int8/scopes.ts';
import type { GraphEditor } from '../../../../shared/onnx/graph-editor.ts';
import type { Node } from '../../../../shared/onnx/model.ts';
import { modelOf } from './_plan.ts';

/** The graph and the node that gives `y`. */
function nodeOf(line: string): [GraphEditor, Node] {
  const { graph } = scopesOf(
    modelOf(`g (float[2,2] x, float[2,2] z, float b) => (float[2,2] y)
    <float[2,2] c = {1,2,3,4}, int64[4] n = {1,2,3,4}, float zero = {0}, float six = {6}, float one = {1}, float minus = {-1}> {
      ${line}
    }`),
  )[0] as { graph: GraphEditor };
  const node = graph.producer('y');
  if (!node) throw new Error('no node gives y');
  return [graph, node];
}

describe('groupOf', () => {
  it.each([
    ['y = Add (x, z)', 'residual'],
    ['y = Mul (x, z)', 'product'],
    ['y = AveragePool <kernel_shape = [1]> (x)', 'pool'],
    ['y = GlobalAveragePool (x)', 'pool'],
    ['y = Concat <axis = 0> (x, z)', 'concat'],
    ['y = Concat <axis = -1> (x, c)', 'concat'],
    ['y = Sigmoid (x)', 'activation'],
    ['y = LeakyRelu (x)', 'activation'],
    ['y = Softmax (x)', 'activation'],
  ])('%s is of %s', (line, group) => {
    expect(groupOf(...nodeOf(line))).toBe(group);
  });

  it.each([
    ['y = Add (x, c)', 'a constant operand'],
    ['y = Mul (c, x)', 'a constant operand'],
    ['y = Concat <axis = 0> (c, c)', 'nothing but constants'],
    ['y = Concat <axis = 0> (x, n)', 'a constant of integers'],
    ['y = Sub (x, z)', 'no integer kernel'],
    ['y = Relu (x)', 'no kernel of its own'],
    ['y = com.microsoft.Add (x, z)', 'another domain'],
    ['y = Add (x, "")', 'an absent operand'],
  ])('%s is of none: %s', (line) => {
    expect(groupOf(...nodeOf(line))).toBeUndefined();
  });
});

describe('passesThrough', () => {
  it.each([
    'y = Reshape (x, n)',
    'y = Transpose (x)',
    'y = MaxPool <kernel_shape = [1]> (x)',
    'y = Flatten <axis = -1> (x)',
    'y = Gather (x, n)',
    'y = Slice (x, n, n)',
  ])('%s', (line) => {
    expect(passesThrough(...nodeOf(line), 17)).toBe(true);
  });

  it.each([
    ['y = Relu (x)', 17, 'computes'],
    ['y = Reshape (c, n)', 17, 'is constant'],
    ['y = com.example.Reshape (x, n)', 17, 'is of another domain'],
    ['y = MaxPool <kernel_shape = [1]> (x)', 11, 'takes no integers before opset 12'],
    ['y, i = MaxPool <kernel_shape = [1]> (x)', 17, 'gives indices too'],
  ])('not %s of opset %i: it %s', (line, opset) => {
    expect(passesThrough(...nodeOf(line), opset)).toBe(false);
  });
});

describe('clampOf', () => {
  it.each([
    ['y = Relu (x)', 0, Infinity],
    ['y = Clip (x, zero, six)', 0, 6],
    ['y = Clip (x, minus)', -1, Infinity],
    ['y = Clip (x, "", six)', -Infinity, 6],
    ['y = Clip (x)', -Infinity, Infinity],
    ['y = Clip <min = -1.0, max = 6.0> (x)', -1, 6],
    ['y = Clip (x, zero, zero)', 0, 0],
  ])('%s clamps from %d to %d', (line, min, max) => {
    expect(clampOf(...nodeOf(line))).toEqual({ min, max });
  });

  it.each([
    ['y = Clip (x, one, six)', 'excludes 0'],
    ['y = Clip (x, "", minus)', 'excludes 0'],
    ['y = Clip (x, b, six)', 'has a computed bound'],
    ['y = Clip (x, zero, b)', 'has a computed bound'],
    ['y = LeakyRelu (x)', 'is no clamp'],
    ['y = com.example.Relu (x)', 'is of another domain'],
  ])('not %s: it %s', (line) => {
    expect(clampOf(...nodeOf(line))).toBeUndefined();
  });
});
