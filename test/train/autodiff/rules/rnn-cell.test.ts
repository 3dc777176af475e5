import { expect, test } from 'vitest';
import { rnn } from '../../../../shared/train/autodiff/rules/rnn-cell.ts';
import { cellSize } from './_cell-size.ts';

test('the graph does not grow with the count of steps; recurrent.test.ts holds its numbers', () => {
  const [few, many] = [cellSize(rnn, 1, 2), cellSize(rnn, 1, 500)];
  expect(many.shape).toEqual([500, 2, 3]);
  expect(many.nodes).toBe(few.nodes);
});
