import { expect, it } from 'vitest';
import { paddingOf } from '../../../../shared/formats/keras/layers/convolution.ts';
import { casesOfFile, errorOfCase, TOLERANCE } from '../_cases.ts';

it.each(casesOfFile('convolution'))('$name gives what Keras gives', async (item) => {
  expect(await errorOfCase(item)).toBeLessThanOrEqual(TOLERANCE);
});

it('a padding that Keras does not have is refused', () => {
  expect(() => paddingOf({ padding: 'mirror' }, [3])).toThrow('its padding is "mirror"');
  expect(paddingOf({ padding: 'causal' }, [5])).toEqual([[4, 0]]);
  expect(paddingOf({}, [5])).toBe('VALID');
});
