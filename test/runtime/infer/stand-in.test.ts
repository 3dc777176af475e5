import { describe, expect, it } from 'vitest';
import { rawTensor } from '../../../shared/onnx/make-tensor.ts';
import type { ValueType } from '../../../shared/onnx/model.ts';
import {
  needsStandIn,
  restoreTypes,
  standInAttribute,
  standInOf,
  standInType,
} from '../../../shared/runtime/infer/stand-in.ts';
import { node } from '../../onnx/_build.ts';

const tensor = (elementType: 'int4' | 'int8' | 'float32' | 'bfloat16' | 'float16'): ValueType => ({
  kind: 'tensor',
  elementType,
  shape: [2],
});

it('replaces only what onnxruntime-node cannot pass', () => {
  expect(standInOf('int4')).toBe('int8');
  expect(standInOf('bfloat16')).toBe('float16');
  expect(standInOf('float32')).toBe('float32');
  expect(needsStandIn('int64')).toBe(false);
  const plain = tensor('float32');
  expect(standInType(plain)).toBe(plain);
  expect(standInType({ kind: 'sequence', element: tensor('int4') })).toEqual({
    kind: 'sequence',
    element: tensor('int8'),
  });
});

describe('standInAttribute', () => {
  it('changes codes of types, in the attributes that hold them', () => {
    expect(standInAttribute('to', { type: 'int', value: 22 })).toEqual({ type: 'int', value: 3 });
    const axis = { type: 'int', value: 22 } as const;
    expect(standInAttribute('axis', axis)).toBe(axis);
    const float = { type: 'int', value: 1 } as const;
    expect(standInAttribute('to', float)).toBe(float);
  });

  it('gives a tensor the size that its new type needs', () => {
    const value = rawTensor('', 'int4', [3], new Uint8Array([0x21, 3]));
    const changed = standInAttribute('value', { type: 'tensor', value });
    expect(changed).toMatchObject({
      value: { type: 'int8', dims: [3], storage: { bytes: new Uint8Array(3) } },
    });
  });
});

describe('restoreTypes', () => {
  const restore = (
    one: ReturnType<typeof node>,
    given: Record<string, ValueType>,
    as: ValueType,
  ) => {
    const inferred = new Map(one.outputs.map((name) => [name, as]));
    restoreTypes([one], (name) => given[name], inferred);
    return inferred.get('y');
  };

  it.each([
    [
      'movement passes the type on',
      node('Transpose', ['x'], ['y']),
      { x: tensor('int4') },
      tensor('int8'),
      tensor('int4'),
    ],
    [
      'what is int8 stays so',
      node('Transpose', ['x'], ['y']),
      { x: tensor('int8') },
      tensor('int8'),
      tensor('int8'),
    ],
    [
      'a zero point decides',
      node('QuantizeLinear', ['x', 's', 'z'], ['y']),
      { x: tensor('float32'), z: tensor('int4') },
      tensor('int8'),
      tensor('int4'),
    ],
    [
      'CastLike takes the second',
      node('CastLike', ['x', 'l'], ['y']),
      { x: tensor('float32'), l: tensor('bfloat16') },
      tensor('float16'),
      tensor('bfloat16'),
    ],
    [
      'a named type decides',
      node('Cast', ['x'], ['y'], [['to', { type: 'int', value: 3 }]]),
      { x: tensor('int4') },
      tensor('int8'),
      tensor('int8'),
    ],
    [
      'the other way round',
      node('Cast', ['x'], ['y'], [['to', { type: 'int', value: 22 }]]),
      { x: tensor('int8') },
      tensor('int8'),
      tensor('int4'),
    ],
    [
      'an unrelated output keeps its type',
      node('DequantizeLinear', ['x', 's'], ['y']),
      { x: tensor('int4'), s: tensor('float32') },
      tensor('float32'),
      tensor('float32'),
    ],
  ])('%s', (_, one, given, inferred, expected) => {
    expect(restore(one, given, inferred)).toEqual(expected);
  });
});
