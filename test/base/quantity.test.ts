import { expect, test } from 'vitest';
import { parseBytes, parseSeconds } from '../../shared/base/quantity.ts';

test('bytes', () => {
  expect(parseBytes('2 GB', '--memory')).toBe(2e9);
  expect(parseBytes('1.5GiB', '--memory')).toBe(1.5 * 2 ** 30);
  expect(parseBytes(1000, '--memory')).toBe(1000);
});

test('seconds', () => {
  expect(parseSeconds('5 min', '--timeout')).toBe(300);
  expect(parseSeconds('0.5', '--timeout')).toBe(0.5);
  expect(parseSeconds('250ms', '--timeout')).toBe(0.25);
});

test.each(['', 'soon', '-5', '0', '5 weeks', '1e99999', 'Infinity'])('%s is refused', (text) => {
  expect(() => parseSeconds(text, '--timeout')).toThrow(/amount/);
});
