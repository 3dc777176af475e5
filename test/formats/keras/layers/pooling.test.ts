import { expect, it } from 'vitest';
import { casesOfFile, convertCase, errorOfCase, TOLERANCE } from '../_cases.ts';

it.each(casesOfFile('pooling'))('$name gives what Keras gives', async (item) => {
  expect(await errorOfCase(item)).toBeLessThanOrEqual(TOLERANCE);
});

it('sizes that would take a node each are refused', () => {
  const item = casesOfFile('pooling').find(({ name }) => name === 'AdaptiveMaxPooling1D uneven');
  if (!item) throw new Error('the case is gone');
  const config = JSON.parse(
    JSON.stringify(item.config).replace(/"output_size":\[\d+\]/, '"output_size":[100000]'),
  );
  expect(() => convertCase({ ...item, config })).toThrow(/pools to the sizes 100000/);
});
