import { expect, test } from 'vitest';
import { FORMATS } from '../../shared/formats/format-list.ts';

test('every format is named once and can be matched', () => {
  const names = FORMATS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { matches } of FORMATS) expect(Object.keys(matches).length).toBeGreaterThan(0);
});

test('what is not read says what to give instead, and only that', () => {
  for (const { reader, refusal } of FORMATS) {
    if (reader) expect(refusal).toBeUndefined();
    else {
      const say = refusal && 'advice' in refusal ? refusal.advice : refusal?.convert('dir/m');
      expect(say?.length).toBeGreaterThan(30);
    }
  }
});

test.each(FORMATS.flatMap(({ name, reader }) => (reader ? [[name, reader] as const] : [])))(
  'the reader of %s is there',
  async (_, reader) => {
    expect(await reader()).toBeTypeOf('function');
  },
);
