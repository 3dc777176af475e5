/** The best boxes of all classes of each image. */
import { clip } from '../../build/activation.ts';
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { isFixed } from '../../build/dims.ts';
import { arithmetic, comparison, where } from '../../build/elementwise.ts';
import { gather } from '../../build/join.ts';
import { reduce } from '../../build/reduce.ts';
import { reshape, transpose, unsqueeze } from '../../build/reshape.ts';
import { sizeValue } from '../../build/sample.ts';
import { selectBoxes } from '../../build/select-boxes.ts';
import { slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { boolAttribute } from '../attributes.ts';
import { input, many, numberOf, type TfOp } from '../op.ts';

/**
 * Boxes `[B, N, q, 4]` (q is 1, or the number of classes), scores `[B, N, C]`. Gives boxes `[B, K, 4]`, scores
 * and classes `[B, K]`, and how many of the K are real; the others are 0.
 */
export const combinedNonMaxSuppression: TfOp = many((b, inputs, node) => {
  const [boxes, scores] = [input(inputs, 0), input(inputs, 1)];
  const classes = scores.sizes[2];
  const perClass = boxes.sizes[2];
  if (!isFixed(classes) || !isFixed(perClass))
    throw new Unconvertible('the number of its classes is free');
  const mostOfClass = numberOf(input(inputs, 2), 'max_output_size_per_class');
  const most = numberOf(input(inputs, 3), 'max_total_size');
  const kept = boolAttribute(node, 'pad_per_class') ? Math.min(most, mostOfClass * classes) : most;
  const count = sizeValue(b, boxes, 1);
  const batch = boxes.sizes[0] ?? null;
  // One list of boxes for all classes, or one for each: those stand as images of one class.
  const isShared = perClass === 1;
  const flatBoxes = reshape(b, isShared ? boxes : transpose(b, boxes, [0, 2, 1, 3]), [-1, 4]);
  const byClass = transpose(b, scores, [0, 2, 1]);
  const lists = (last: number, x: Value): Value => listsOf(b, x, boxes.sizes[1], last);
  const chosen = selectBoxes(
    b,
    lists(4, flatBoxes),
    isShared ? byClass : unsqueeze(b, lists(0, reshape(b, byClass, [-1])), [1]),
    { most: input(inputs, 2), overlap: input(inputs, 4), score: input(inputs, 5) },
  );
  const places = flatPlaces(b, chosen, isShared ? classes : 1, count);
  const grid = keptScores(b, reshape(b, byClass, [-1]), places, kept, {
    batch,
    row: arithmetic(b, 'Mul', count, b.scalar(classes, 'int64')),
  });
  const [top = '', at = ''] = b.node('TopK', [b.hold(grid), b.ints([kept])], { axis: 1 }, 2);
  const best = b.named(top, 'float32', [batch, kept]);
  const zero = b.scalar(0, 'float32');
  const isReal = comparison(b, 'Greater', best, b.scalar(Number.NEGATIVE_INFINITY, 'float32'));
  // Columns behind the grid have no box.
  const total = arithmetic(b, 'Mul', count, b.scalar(classes, 'int64'));
  const found = where(b, isReal, b.named(at, 'int64', [batch, kept]), b.scalar(0, 'int64'));
  const image = imageStarts(b, boxes, isShared ? count : total);
  const box = isShared ? arithmetic(b, 'Mod', found, count) : found;
  const picked = gather(b, flatBoxes, arithmetic(b, 'Add', image, box), 0);
  const inside = boolAttribute(node, 'clip_boxes', true) ? clip(b, picked, 0, 1) : picked;
  const label = cast(b, arithmetic(b, 'Div', found, count), 'float32');
  const valid = reduce(b, 'ReduceSum', cast(b, isReal, 'int32'), [1], false);
  return [
    where(b, unsqueeze(b, isReal, [2]), inside, zero),
    where(b, isReal, best, zero),
    where(b, isReal, label, zero),
    valid,
  ];
});

/** Rows of `count` elements, each of `width`; 0 for elements that are numbers. */
function listsOf(
  b: Builder,
  x: Value,
  count: number | string | null | undefined,
  width: number,
): Value {
  const tail = width > 0 ? [width] : [];
  if (!isFixed(count)) throw new Unconvertible('the number of its boxes is free');
  return reshape(b, x, [-1, count, ...tail]);
}

/** Where each chosen box stands in `[B · C · N]`. */
function flatPlaces(b: Builder, chosen: Value, classes: number, count: Value): Value {
  const column = (index: number): Value =>
    reshape(b, slice(b, chosen, [{ axis: 1, start: index, end: index + 1, step: 1 }]), [-1]);
  const list = arithmetic(
    b,
    'Add',
    arithmetic(b, 'Mul', column(0), b.scalar(classes, 'int64')),
    column(1),
  );
  return arithmetic(b, 'Add', arithmetic(b, 'Mul', list, count), column(2));
}

/** The scores of the chosen, −∞ of all others, `[B, at least kept]`. */
function keptScores(
  b: Builder,
  scores: Value,
  places: Value,
  kept: number,
  { batch, row }: { readonly batch: number | string | null; readonly row: Value },
): Value {
  const nothing = b.scalar(Number.NEGATIVE_INFINITY, 'float32');
  const flat = cast(b, scores, 'float32');
  const size = b.node('Shape', [b.hold(flat)])[0] ?? '';
  const base = b.node('Expand', [b.hold(nothing), size])[0] ?? '';
  const updates = gather(b, flat, places, 0);
  const names = [base, b.hold(places), b.hold(updates)];
  const scattered = b.node('ScatterElements', names, { axis: 0 })[0] ?? '';
  const length = b.hold(reshape(b, row, [1]));
  const rows = b.node('Concat', [b.ints([-1]), length], { axis: 0 })[0] ?? '';
  const width = row.numbers?.[0] ?? null;
  const grid = b.emit('Reshape', [scattered, rows], 'float32', [batch, width]);
  if (width !== null && width >= kept) return grid;
  const pads = b.ints([0, 0, 0, kept]);
  return b.emit('Pad', [b.hold(grid), pads, b.hold(nothing)], 'float32', [batch, null]);
}

/** `[B, 1]`: 0, `step`, 2 · `step` … */
function imageStarts(b: Builder, boxes: Value, step: Value): Value {
  const [zero, one] = [b.scalar(0, 'int64'), b.scalar(1, 'int64')];
  const images = sizeValue(b, boxes, 0);
  const range = b.emit('Range', [b.hold(zero), b.hold(images), b.hold(one)], 'int64', [
    boxes.sizes[0] ?? null,
  ]);
  return unsqueeze(b, arithmetic(b, 'Mul', range, step), [1]);
}
