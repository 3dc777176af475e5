/** Boxes that are left when those that overlap better ones are dropped. */
import type { Builder } from './builder.ts';
import { cast } from './cast.ts';
import { isFixed } from './dims.ts';
import { reshape, squeeze, unsqueeze } from './reshape.ts';
import { slice } from './slice.ts';
import type { Value } from './value.ts';

/** Thresholds and counts of one element each. */
export interface Selection {
  /** How many boxes are kept at most. */
  readonly most: Value;
  /** Boxes that overlap a better one by more than this share are dropped. */
  readonly overlap: Value;
  /** Boxes must have more than this; absent: any score. */
  readonly score?: Value | undefined;
}

/**
 * ONNX NonMaxSuppression: boxes `[B, N, 4]` as two corners, row first, scores `[B, C, N]`; gives `[M, 3]`
 * (int64): image, class, box. The best first; of equal scores the first.
 */
export function selectBoxes(b: Builder, boxes: Value, scores: Value, selection: Selection): Value {
  const one = (value: Value, type: 'int64' | 'float32'): string =>
    b.hold(reshape(b, cast(b, value, type), [1]));
  const inputs = [
    b.hold(cast(b, boxes, 'float32')),
    b.hold(cast(b, scores, 'float32')),
    one(selection.most, 'int64'),
    one(selection.overlap, 'float32'),
    ...(selection.score ? [one(selection.score, 'float32')] : []),
  ];
  return b.emit('NonMaxSuppression', inputs, 'int64', [null, 3]);
}

/** Of one image and one class: boxes `[N, 4]`, scores `[N]`; gives the numbers of the boxes, int64 `[M]`. */
export function selectOfOne(b: Builder, boxes: Value, scores: Value, selection: Selection): Value {
  const all = selectBoxes(b, unsqueeze(b, boxes, [0]), unsqueeze(b, scores, [0, 1]), selection);
  return squeeze(b, slice(b, all, [{ axis: 1, start: 2, end: 3, step: 1 }]), [1]);
}

/** Zeros behind a vector, up to `length` elements (int64, one element). */
export function padTo(b: Builder, x: Value, length: Value): Value {
  const size = b.node('Shape', [b.hold(x)])[0] ?? '';
  const lacking = b.node('Sub', [b.hold(reshape(b, cast(b, length, 'int64'), [1])), size])[0] ?? '';
  const pads = b.node('Concat', [b.ints([0]), lacking], { axis: 0 })[0] ?? '';
  const [count] = length.numbers ?? [];
  return b.emit('Pad', [b.hold(x), pads], x.type, [isFixed(count) ? count : null]);
}

/** How many elements a vector has, int32. */
export const lengthOf = (b: Builder, x: Value): Value =>
  cast(b, b.emit('Size', [b.hold(x)], 'int64', []), 'int32');
