import { expect, test } from 'vitest';
import { parseYaml } from '../../../shared/pipeline/config/yaml.ts';

test('knows the line of values and of keys', () => {
  const { value, where, whereKey } = parseYaml('a: 1\nb:\n  c: [1,\n    2]\n', 'f.yml');
  expect(value).toEqual({ a: 1, b: { c: [1, 2] } });
  expect(where(['b', 'c', 1])).toBe('f.yml:4');
  expect(where(['b', 'none'])).toBe('f.yml:2');
  expect(whereKey(['b', 'c'])).toBe('f.yml:3');
  expect(where([])).toBe('f.yml:1');
});

test('a file that grows by aliases is refused', () => {
  const laughs = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (const [from, to] of ['ab', 'bc', 'cd', 'de'].map((pair) => [...pair])) {
    laughs.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(', ')}]`);
  }
  expect(() => parseYaml(laughs.join('\n'), 'f.yml')).toThrow(/cannot be read/);
});
