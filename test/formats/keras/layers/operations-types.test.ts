import { describe, expect, it } from 'vitest';
import { Builder } from '../../../../shared/formats/build/builder.ts';
import {
  elementTypeOf,
  promoted,
  wider,
} from '../../../../shared/formats/keras/layers/operations-types.ts';
import type { ElementType } from '../../../../shared/onnx/element-type.ts';

/** Of `keras.src.backend.common.dtypes.result_type`. */
const PAIRS: readonly (readonly [ElementType, ElementType, ElementType])[] = [
  ['float32', 'float32', 'float32'],
  ['int32', 'float32', 'float32'],
  ['bool', 'int32', 'int32'],
  ['bool', 'float16', 'float16'],
  ['int32', 'int64', 'int64'],
  ['uint8', 'int8', 'int16'],
  ['uint8', 'int32', 'int32'],
  ['uint32', 'int32', 'int64'],
  ['float16', 'bfloat16', 'float32'],
  ['float32', 'float64', 'float64'],
  ['uint64', 'int64', 'float32'],
];

describe('the common type', () => {
  it.each(PAIRS)('of %s and %s is %s', (a, b, both) => {
    expect(wider(a, b)).toBe(both);
    expect(wider(b, a)).toBe(both);
  });
  const b = Builder.root(17);
  const of = (type: ElementType, isWeak: boolean) => ({ value: b.scalar(1, type), isWeak });
  it.each([
    ['int32', 'float32', 'float32'],
    ['float16', 'float32', 'float16'],
    ['float32', 'int32', 'float32'],
    ['bool', 'int32', 'int32'],
    ['int64', 'int32', 'int64'],
  ] as const)('of a tensor of %s and a number of %s is %s', (tensor, number, both) => {
    expect(promoted([of(tensor, false), of(number, true)])).toBe(both);
  });
  it('of numbers alone is theirs', () => {
    expect(promoted([of('int32', true), of('float32', true)])).toBe('float32');
  });
});

describe('names of types', () => {
  it.each([
    ['float32', 'float32'],
    ['int', 'int32'],
    ['float', 'float32'],
    ['float16', 'float32'],
    ['bfloat16', 'float32'],
    ['bool', 'bool'],
  ])('%s is %s', (name, type) => {
    expect(elementTypeOf(name)).toBe(type);
  });
  it.each(['string', 'complex64', 'quux', 7, null, 'toString'])('%s is refused', (name) => {
    expect(() => elementTypeOf(name)).toThrow('is not known');
  });
});
