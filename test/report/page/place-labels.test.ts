import fc from 'fast-check';
import { expect, it } from 'vitest';
import { placeLabels } from '../../../shared/report/page/place-labels.ts';

const area = { left: 0, right: 600, top: 0, bottom: 400 };
const box = ({ x, y, anchor, text }: ReturnType<typeof placeLabels>[number]) => {
  const width = text.length * 7.6;
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
  return { left, right: left + width, top: y - 11, bottom: y + 4 };
};

it('stands to the right of a lonely point, to the left at the right edge', () => {
  const place = (x: number) => placeLabels([{ x, y: 100, text: 'float32' }], area, new Set([0]))[0];
  expect(place(100)).toMatchObject({ anchor: 'start', x: 111 });
  expect(place(595)).toMatchObject({ anchor: 'end', x: 584 });
});

it('labels never overlap each other and stay inside; what has no room is left out', () => {
  const point = fc.record({
    x: fc.integer({ min: 0, max: 600 }),
    y: fc.integer({ min: 0, max: 400 }),
    text: fc.constantFrom('a', 'int8', 'a-long-variant-name'),
  });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 30 }), (points) => {
      const boxes = placeLabels(points, area, new Set(points.keys())).map(box);
      for (const [i, a] of boxes.entries()) {
        expect(a.left).toBeGreaterThanOrEqual(0);
        expect(a.right).toBeLessThanOrEqual(600);
        for (const b of boxes.slice(i + 1)) {
          const apart =
            a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
          expect(apart).toBe(true);
        }
      }
    }),
  );
});

it('labels only what is wanted', () => {
  const points = [1, 2, 3].map((n) => ({ x: n * 150, y: 100, text: `v${n}` }));
  expect(placeLabels(points, area, new Set([2, 0])).map((label) => label.text)).toEqual([
    'v3',
    'v1',
  ]);
});
