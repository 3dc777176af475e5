/** Windows of channels-last values taken apart: every place of the kernel is a strided part of the value. */
import type { Builder } from './builder.ts';
import { upTo } from './dims.ts';
import { arithmetic, broadcast } from './elementwise.ts';
import { concat } from './join.ts';
import { padSame } from './same-padding.ts';
import { pad, slice } from './slice.ts';
import { Unconvertible } from './unconvertible.ts';
import type { Value } from './value.ts';
import { checkWindow, reachOf, type Window } from './window.ts';

/** How many parts a window is taken apart into: beyond it the graph is larger than any use of it. */
const MAX_PARTS = 1024;

/** Elements under each place of the kernel, row by row: `[N, out …, C]` each. Margins hold `fill`. */
function parts(b: Builder, x: Value, window: Window, fill: number): Value[] {
  checkWindow(window);
  const { kernel, strides, dilations, padding } = window;
  const reach = reachOf(window);
  const count = kernel.reduce((product, size) => product * size, 1);
  if (count > MAX_PARTS)
    throw new Unconvertible(`its window has ${count} elements, more than ${MAX_PARTS}`);
  const padded = margins();
  const places = kernel.reduce<number[][]>(
    (made, size) => made.flatMap((place) => upTo(size).map((index) => [...place, index])),
    [[]],
  );
  return places.map((place) => {
    const ranges = place.map((index, axis) => {
      const start = index * (dilations?.[axis] ?? 1);
      // What lies behind the last window of this place is left out, whatever the size is.
      const behind = (reach[axis] ?? 1) - 1 - start;
      const end = behind === 0 ? null : -behind;
      return { axis: axis + 1, start, end, step: strides[axis] ?? 1 };
    });
    return slice(b, padded, ranges);
  });

  function margins(): Value {
    if (padding === 'VALID') return x;
    const fillValue = fill === 0 ? undefined : b.scalar(fill, x.type);
    const sizes = x.sizes.slice(1, -1);
    if (padding !== 'SAME') return pad(b, x, [[0, 0], ...padding, [0, 0]], 'constant', fillValue);
    if (!sizes.every((size) => typeof size === 'number'))
      return padSame(b, x, reach, strides, fill);
    const around = sizes.map((size, axis): [number, number] => {
      const step = strides[axis] ?? 1;
      const total = Math.max((Math.ceil(size / step) - 1) * step + (reach[axis] ?? 1) - size, 0);
      return [Math.floor(total / 2), total - Math.floor(total / 2)];
    });
    return pad(b, x, [[0, 0], ...around, [0, 0]], 'constant', fillValue);
  }
}

/** The elements under each window as the channels of one place: row, column, channel. */
export const patches = (b: Builder, x: Value, window: Window): Value =>
  concat(b, parts(b, x, window, 0), -1);

/** Grey dilation: the largest sum of an element and that of the filters `[kernel …, C]` over it. */
export function dilate(b: Builder, x: Value, filters: Value, window: Window): Value {
  const fill = x.type.includes('float') ? Number.NEGATIVE_INFINITY : undefined;
  if (fill === undefined && window.padding === 'SAME')
    throw new Unconvertible('a dilation of integers with padding SAME');
  const spatial = window.kernel.length;
  const strips = filters.sizes.slice(0, spatial);
  const sums = parts(b, x, window, fill ?? 0).map((part, index) => {
    const place: number[] = [];
    for (let rest = index, axis = spatial - 1; axis >= 0; axis--) {
      const size = Number(strips[axis]);
      place.unshift(rest % size);
      rest = Math.floor(rest / size);
    }
    const weights = slice(
      b,
      filters,
      place.map((start, axis) => ({ axis, start, end: start + 1, step: 1 })),
    );
    return arithmetic(b, 'Add', part, weights);
  });
  const [only] = sums;
  return sums.length === 1 && only ? only : broadcast(b, 'Max', sums, x.type);
}
