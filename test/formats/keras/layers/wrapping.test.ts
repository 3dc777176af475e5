import { expect, it } from 'vitest';
import { nameOfLayer } from '../../../../shared/formats/keras/layers/wrapping.ts';
import { casesOfFile, errorOfCase, TOLERANCE } from '../_cases.ts';

it.each(casesOfFile('wrapping'))('$name gives what Keras gives', async (item) => {
  expect(await errorOfCase(item)).toBeLessThanOrEqual(TOLERANCE);
});

it('the name of a layer is in its configuration', () => {
  expect(nameOfLayer({ class_name: 'Dense', config: { name: 'd' } })).toBe('d');
  expect(nameOfLayer('d')).toBeUndefined();
});
