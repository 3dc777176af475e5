import { expect, test } from 'vitest';
import { ruleOf } from '../../../../shared/train/autodiff/rules/gradient-rules.ts';

test('ops have rules by their domain', () => {
  const rule = ruleOf({ opType: 'Relu', domain: '' });
  expect(rule).toBeTypeOf('function');
  expect(ruleOf({ opType: 'Relu', domain: 'ai.onnx' })).toBe(rule);
  expect(ruleOf({ opType: 'Relu', domain: 'other' })).toBeUndefined();
  expect(ruleOf({ opType: 'Gelu', domain: 'com.microsoft' })).toBeTypeOf('function');
  expect(ruleOf({ opType: 'toString', domain: '' })).toBeUndefined();
});
