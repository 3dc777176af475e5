import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInside } from '../../../shared/base/inside-folder.ts';
import {
  baseOf,
  decodeNotificationKey,
  folderOf,
  keyProblem,
  nameOfKey,
  stemOf,
} from '../../../shared/pipeline/distributed/object-key.ts';
import { checkModelName, plainName } from '../../../shared/pipeline/names.ts';

test.each([
  ['a+b%2Bc%20d%C3%A9.onnx', 'a b+c dé.onnx'],
  ['plain/x.onnx', 'plain/x.onnx'],
  ['%2e%2e/x.onnx', '../x.onnx'],
  ['100%', undefined],
  ['%ff', undefined],
])('%s of a notification is %s', (text, key) => {
  expect(decodeNotificationKey(text)).toBe(key);
});

test.each([
  ['a.onnx', undefined],
  ['a/b c/mödel ☃.onnx', undefined],
  ['folder/', undefined],
  ['back\\slash.onnx', /backslash/],
  ['a/C:x.onnx', /drive/],
  ['a/ab:x.onnx', undefined],
  ['right\u202eto left.onnx', undefined],
  ['a/..b/c...onnx', undefined],
  ['x'.repeat(255), undefined],
  ['', /1 to 1024 bytes/],
  ['é'.repeat(513), /1 to 1024 bytes/],
  ['../x.onnx', /"\.\."/],
  ['a/../../x.onnx', /"\.\."/],
  ['a/..', /"\.\."/],
  ['./x.onnx', /"\."/],
  ['a//x.onnx', /empty/],
  ['/etc/passwd', /empty/],
  ['/', /empty/],
  ['a\nb.onnx', /control/],
  ['a\0b.onnx', /control/],
  ['a\ud800.onnx', /valid text/],
  ['a/'.repeat(40), /more than 32 folders/],
  [`${'x'.repeat(256)}/a.onnx`, /255 bytes/],
])('%j as a path: %s', (key, problem) => {
  if (problem) expect(keyProblem(key)).toMatch(problem);
  else expect(keyProblem(key)).toBeUndefined();
});

test.each([
  ['a/b/c.onnx', 'a/b/', 'c.onnx', 'a/b/c'],
  ['c.v2.onnx', '', 'c.v2.onnx', 'c.v2'],
  ['a/b/', 'a/', 'b', 'a/b'],
  ['a/.onnx', 'a/', '.onnx', 'a/.onnx'],
  ['', '', '', ''],
])('%j: folder %j, base %j, stem %j', (key, folder, base, stem) => {
  expect([folderOf(key), baseOf(key), stemOf(key)]).toEqual([folder, base, stem]);
});

test.each([
  ['team/digits.keras', 'team/digits'],
  ['team/saved/', 'team/saved'],
  ['digits.onnx', 'digits'],
  ['', 'model'],
  ['my model.onnx', /^my-model-[0-9a-f]{12}$/],
  ['tèam/digits.onnx', /^team\/digits-[0-9a-f]{12}$/],
  ['a/\u202e/☃.onnx', /^a\/model\/model-[0-9a-f]{12}$/],
  ['-x/-.onnx', /^x\/model-[0-9a-f]{12}$/],
  [' ./a', /^model\/a-[0-9a-f]{12}$/],
  ['. .onnx', /^model-[0-9a-f]{12}$/],
  [`${'deep/'.repeat(30)}x.onnx`, /^(deep\/){17}de-[0-9a-f]{12}$/],
])('%s is called %s', (key, name) => {
  if (typeof name === 'string') expect(nameOfKey(key)).toBe(name);
  else expect(nameOfKey(key)).toMatch(name);
});

test('every key that is a path has a name, and no two keys that differ before their suffix share one', () => {
  const part = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.constantFrom('a', 'é', 'e', '..', '.', 'a b', 'a-b', '\\', '%2e%2e', 'C:', 'x'.repeat(120)),
  );
  const key = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  let named = 0;
  fc.assert(
    fc.property(key, key, (one, other) => {
      if (keyProblem(one) !== undefined || keyProblem(other) !== undefined) return;
      named++;
      expect(isInside(one.replace(/\/$/, ''))).toBe(true);
      expect(checkModelName(nameOfKey(one), 'test')).toBe(nameOfKey(one));
      for (const own of nameOfKey(one).split('/')) expect(plainName(own)).toBe(own);
      if (stemOf(one) !== stemOf(other)) expect(nameOfKey(one)).not.toBe(nameOfKey(other));
    }),
    { numRuns: 500 },
  );
  expect(named).toBeGreaterThan(50);
});
