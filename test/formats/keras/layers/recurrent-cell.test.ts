import { expect, it } from 'vitest';
import { casesOfFile, convertCase, errorOfCase, TOLERANCE } from '../_cases.ts';

it.each(casesOfFile('recurrent-cell'))('$name gives what Keras gives', async (item) => {
  expect(await errorOfCase(item)).toBeLessThanOrEqual(TOLERANCE);
});

it('cells of the user are refused by name', () => {
  const item = casesOfFile('recurrent-cell').find(({ name }) => name === 'RNN of LSTMCell');
  if (!item) throw new Error('the case is gone');
  const config = JSON.parse(JSON.stringify(item.config).replaceAll('LSTMCell', 'MyCell'));
  expect(() => convertCase({ ...item, config })).toThrow(/RNN.*"MyCell" is a class of your own/);
});
