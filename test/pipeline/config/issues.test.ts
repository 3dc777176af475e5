import { expect, test } from 'vitest';
import { z } from 'zod';
import { explainIssue } from '../../../shared/pipeline/config/issues.ts';
import { parseYaml } from '../../../shared/pipeline/config/yaml.ts';

const schema = z.strictObject({
  list: z.array(z.strictObject({ size: z.number().optional() })).optional(),
  either: z.union([z.string(), z.strictObject({ path: z.string() })]).optional(),
});

function explain(text: string) {
  const located = parseYaml(text, 'f.yml');
  const parsed = schema.safeParse(located.value);
  if (parsed.success) throw new Error('it is valid');
  return explainIssue(parsed.error, schema, located);
}

test('an unknown key inside a list names its place and neighbours', () => {
  expect(explain('list:\n  - size: 1\n  - sise: 2\n')).toMatchObject({
    message: 'unknown key "sise" in "list.1"',
    where: 'f.yml:3',
    hint: expect.stringContaining('"size"'),
  });
});

test('of a union the branch that was meant is explained', () => {
  expect(explain('either: { path: 1 }\n').message).toMatch(/"either\.path".*string/);
  expect(explain('either: 3\n').message).toBe('"either": wanted string or object');
});

test('a misspelt key goes before the required one that it stands for', () => {
  const needed = z.strictObject({ source: z.string(), size: z.number() });
  const located = parseYaml('sauce: a\nsize: x\n', 'f.yml');
  const parsed = needed.safeParse(located.value);
  if (parsed.success) throw new Error('it is valid');
  expect(explainIssue(parsed.error, needed, located)).toMatchObject({
    message: 'unknown key "sauce"',
    hint: expect.stringContaining('"source"'),
  });
});

test('a name that breaks its rule is told the rule', () => {
  const names = z.record(z.string().regex(/^[a-z]+$/, 'a name holds letters'), z.number());
  const located = parseYaml('A1: 1\n', 'f.yml');
  const parsed = names.safeParse(located.value);
  if (parsed.success) throw new Error('it is valid');
  expect(explainIssue(parsed.error, names, located)).toMatchObject({
    message: '"A1": a name holds letters',
    where: 'f.yml:1',
  });
});
