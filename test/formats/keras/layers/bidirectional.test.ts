import { expect, it } from 'vitest';
import { casesOfFile, convertCase, errorOfCase, TOLERANCE } from '../_cases.ts';

it.each(casesOfFile('bidirectional'))('$name gives what Keras gives', async (item) => {
  expect(await errorOfCase(item)).toBeLessThanOrEqual(TOLERANCE);
});

it('two alike directions become one operator', () => {
  const item = casesOfFile('bidirectional').find(({ name }) => name === 'Bidirectional LSTM');
  if (!item) throw new Error('the case is gone');
  const ops = convertCase(item).model.graph.nodes.filter(({ opType }) => opType === 'LSTM');
  expect(ops).toHaveLength(1);
});
