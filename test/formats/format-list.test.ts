import { expect, test } from 'vitest';
import { FORMATS } from '../../shared/formats/format-list.ts';

test('every format is named once and can be matched', () => {
  const names = FORMATS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { matches } of FORMATS) expect(Object.keys(matches).length).toBeGreaterThan(0);
});

test('every refusal names the path or says what to give instead', () => {
  for (const { name, refusal } of FORMATS) {
    if (name === 'onnx') expect(refusal).toBeUndefined();
    else {
      const say = refusal && 'advice' in refusal ? refusal.advice : refusal?.convert('dir/m');
      expect(say?.length).toBeGreaterThan(30);
    }
  }
});
