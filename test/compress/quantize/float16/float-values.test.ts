import { describe, expect, it } from 'vitest';
import {
  classifier,
  floatPositions,
} from '../../../../shared/compress/quantize/float16/float-values.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import type { ValueType } from '../../../../shared/onnx/model.ts';
import { float32, int64, modelOf } from '../_numeric.ts';

const model = modelOf(
  [
    makeNode('Relu', ['x'], ['t']),
    makeNode('Shape', ['t'], ['s']),
    makeNode('my:Op', ['t'], ['z']),
  ],
  [float32('x', ['n']), int64('i', ['n'])],
  [float32('t', ['n'])],
  [],
);

describe('classifier', () => {
  it('tells classes by signatures alone', () => {
    const classify = classifier(model, undefined);
    const classes = ['x', 't', 's', 'i', '', 'z'].map((name) => classify(model.graph, name));
    expect(classes).toEqual(['float32', 'float32', 'other', 'other', 'other', 'odd']);
  });

  it('takes inferred types before that', () => {
    const tensor: ValueType = { kind: 'tensor', elementType: 'float32', shape: null };
    const types: Record<string, ValueType> = {
      z: { kind: 'tensor', elementType: 'int64', shape: [] },
      x: { kind: 'sequence', element: tensor },
      s: { kind: 'sequence', element: { kind: 'tensor', elementType: 'int64', shape: null } },
      t: { kind: 'map', key: 'int64', value: tensor },
    };
    const classify = classifier(model, {
      get: (_, name) => types[name],
      of: () => new Map(),
      whyUnknown: () => undefined,
    });
    expect(['z', 'x', 's', 't'].map((name) => classify(model.graph, name))).toEqual([
      'other',
      'odd',
      'other',
      'odd',
    ]);
  });
});

it('gives positions of float32 values, or nothing when one is odd', () => {
  const classify = classifier(model, undefined);
  expect(floatPositions(classify, model.graph, ['i', 'x', '', 't'])).toEqual([1, 3]);
  expect(floatPositions(classify, model.graph, ['x', 'z'])).toBeUndefined();
});
