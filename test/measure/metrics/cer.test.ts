import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { editDistance } from '../../../shared/measure/metrics/cer.ts';
import { METRICS } from '../../../shared/measure/metrics/metrics.ts';
import { useTempFolder } from '../data/temp-folder.ts';
import { floats, value } from './outputs.ts';

const temp = useTempFolder();

it('is edits over characters, both summed over samples', async () => {
  writeFileSync(temp('keys.txt'), 'a\nb\n');
  const metric = await METRICS.cer({ name: 'cer', alphabet: temp('keys.txt') });
  const ab = floats([1, 2, 3], 0, 1, 0, 0, 0, 1);
  expect(
    value(metric, [
      [ab, 'ab'],
      [ab, 'abbbbb'],
      [ab, 'b'],
    ]),
  ).toBeCloseTo(5 / 9, 12);
});

it('counts code points, of any plane', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('😀😀', '😀')).toBe(1);
  expect(editDistance('𝒳', '𝒴')).toBe(1);
  expect(editDistance('', '日本')).toBe(2);
});
