import { expect, it } from 'vitest';
import type { Dim, ValueType } from '../../../shared/onnx/model.ts';
import { rankedTypes } from '../../../shared/runtime/infer/rank-rules.ts';
import { node } from '../../onnx/_build.ts';

const float = (shape: readonly Dim[] | null): ValueType => ({
  kind: 'tensor',
  elementType: 'float32',
  shape,
});
const TYPES: Record<string, ValueType> = {
  y: float(null),
  known: float([1]),
  x: float([null, 2]),
  three: { kind: 'tensor', elementType: 'int64', shape: [3] },
  one: { kind: 'tensor', elementType: 'int64', shape: [1] },
  open: { kind: 'tensor', elementType: 'int64', shape: ['n'] },
};

it.each([
  [node('Reshape', ['x', 'three'], ['y']), 3],
  [node('Tile', ['x', 'three'], ['y']), 3],
  [node('ConstantOfShape', ['one'], ['y']), 1],
  [node('Expand', ['x', 'three'], ['y']), 3],
  [node('Expand', ['x', 'one'], ['y']), 2],
  [node('Reshape', ['x', 'open'], ['y']), undefined],
  [node('Expand', ['y', 'three'], ['y']), undefined],
  [node('Relu', ['x'], ['y']), undefined],
  [{ ...node('Reshape', ['x', 'three'], ['y']), domain: 'com.acme' }, undefined],
])('$opType($inputs): rank %s', (one, rank) => {
  const found = rankedTypes([one], (name) => TYPES[name]).get('y');
  expect(found).toEqual(rank === undefined ? undefined : float(new Array<null>(rank).fill(null)));
});

it('leaves alone what has a shape', () => {
  const one = node('Reshape', ['x', 'three'], ['known']);
  expect(rankedTypes([one], (name) => TYPES[name]).size).toBe(0);
});
