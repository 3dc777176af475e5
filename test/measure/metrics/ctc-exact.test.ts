import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { METRICS } from '../../../shared/measure/metrics/metrics.ts';
import { useTempFolder } from '../data/temp-folder.ts';
import { floats, value } from './outputs.ts';

const temp = useTempFolder();

it('is the share of texts that are right to the letter', async () => {
  writeFileSync(temp('keys.txt'), 'a\nb\n');
  const metric = await METRICS['ctc-exact']({ name: 'ctc-exact', alphabet: temp('keys.txt') });
  const ab = floats([1, 2, 3], 0, 1, 0, 0, 0, 1);
  expect(
    value(metric, [
      [ab, 'ab'],
      [ab, 'ab '],
      [ab, 'abb'],
      [ab, 'AB'],
    ]),
  ).toBe(0.5);
});
