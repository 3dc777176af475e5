import { expect, test } from 'vitest';
import { gru } from '../../../../shared/train/autodiff/rules/gru-cell.ts';
import { cellSize } from './_cell-size.ts';

test.for([true, false])(
  'the graph does not grow with the count of steps, reset after %s',
  (isAfter) => {
    // recurrent.test.ts holds its numbers.
    const [few, many] = [cellSize(gru(isAfter), 3, 2), cellSize(gru(isAfter), 3, 500)];
    expect(many.shape).toEqual([500, 2, 9]);
    expect(many.nodes).toBe(few.nodes);
  },
);
