import { expect, test } from 'vitest';
import { lstm } from '../../../../shared/train/autodiff/rules/lstm-cell.ts';
import { cellSize } from './_cell-size.ts';

test('the graph does not grow with the count of steps; recurrent.test.ts holds its numbers', () => {
  const [few, many] = [cellSize(lstm, 4, 2), cellSize(lstm, 4, 500)];
  expect(many.shape).toEqual([500, 2, 12]);
  expect(many.nodes).toBe(few.nodes);
});
