import { expect, it } from 'vitest';
import {
  computeType,
  inputType,
  isHalf,
  policyName,
} from '../../../shared/formats/keras/dtype-policy.ts';

it('finds the policy wherever a version keeps it', () => {
  expect(policyName({ dtype: 'float64' })).toBe('float64');
  expect(
    policyName({ dtype: { class_name: 'DTypePolicy', config: { name: 'mixed_bfloat16' } } }),
  ).toBe('mixed_bfloat16');
  expect(
    policyName({
      dtype: {
        class_name: 'QuantizedDTypePolicy',
        config: { mode: 'int8', source_name: 'float32' },
      },
    }),
  ).toBe('int8_from_float32');
  expect(policyName({})).toBeUndefined();
});

it.each([
  ['float32', 'float32', false],
  ['mixed_float16', 'float32', true],
  ['mixed_bfloat16', 'float32', true],
  ['bfloat16', 'float32', true],
  ['float64', 'float64', false],
  ['int8_from_mixed_float16', 'float32', true],
  [undefined, 'float32', false],
])('%s computes in %s', (policy, type, half) => {
  expect(computeType(policy)).toBe(type);
  expect(isHalf(policy)).toBe(half);
});

it('inputs of half precision are float32, others what they are', () => {
  expect([inputType('float16'), inputType('int32'), inputType(undefined)]).toEqual([
    'float32',
    'int32',
    'float32',
  ]);
  expect(inputType('complex64')).toBeUndefined();
});
