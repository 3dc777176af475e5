import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  GRADIENT_RULES,
  RULE_FAMILIES,
  ruleOf,
} from '../../../../shared/train/autodiff/rules/gradient-rules.ts';

test('ops have rules by their domain', () => {
  const rule = ruleOf({ opType: 'Relu', domain: '' });
  expect(rule).toBeTypeOf('function');
  expect(ruleOf({ opType: 'Relu', domain: 'ai.onnx' })).toBe(rule);
  expect(ruleOf({ opType: 'Relu', domain: 'other' })).toBeUndefined();
  expect(ruleOf({ opType: 'Gelu', domain: 'com.microsoft' })).toBeTypeOf('function');
  expect(ruleOf({ opType: 'toString', domain: '' })).toBeUndefined();
});

test('no op has two rules', () => {
  const all = Object.values(RULE_FAMILIES).flatMap((rules) => Object.keys(rules));
  expect(all.filter((op, at) => all.indexOf(op) !== at)).toEqual([]);
  expect(Object.keys(GRADIENT_RULES)).toEqual(all);
});

test('docs/training-ops.md lists them', () => {
  const text = readFileSync('docs/training-ops.md', 'utf8');
  const rows = Object.entries(RULE_FAMILIES).map(
    ([family, rules]) =>
      `| ${family} | ${Object.keys(rules)
        .sort()
        .map((op) => `\`${op}\``)
        .join(' ')} |`,
  );
  const listed = text.split('\n').filter((line) => line.startsWith('| ') && line.includes('`'));
  expect(listed).toEqual(rows);
});
