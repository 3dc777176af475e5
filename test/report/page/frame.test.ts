import { expect, test } from 'vitest';
import { levels, tenth } from '../../../shared/report/page/frame.ts';

test.each([
  [1.04, 1],
  [1.06, 1.1],
  [-2.37, -2.4],
])('%d is drawn at %d', (value, drawn) => {
  expect(tenth(value)).toBe(drawn);
});

test('each level has its line across and its text, escaped', () => {
  const frame = { width: 100, height: 50, left: 20, right: 10, top: 5, bottom: 5 };
  const drawn = levels(
    [1, 2],
    (tick) => 40 - 10.04 * tick,
    frame,
    (tick) => `<${tick}`,
  );
  expect(drawn.map(String)).toEqual([
    '<line class="grid" x1="20" x2="90" y1="30" y2="30"/><text x="12" y="34" text-anchor="end">&lt;1</text>',
    '<line class="grid" x1="20" x2="90" y1="19.9" y2="19.9"/><text x="12" y="23.9" text-anchor="end">&lt;2</text>',
  ]);
});
