/**
 * The end of object detectors: boxes from anchors, the best of those that overlap.
 *
 * Source: kernels/detection_postprocess.cc of TensorFlow Lite.
 */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { isFixed } from '../../build/dims.ts';
import { arithmetic, unary } from '../../build/elementwise.ts';
import { concat, gather, split } from '../../build/join.ts';
import { argReduce, reduce } from '../../build/reduce.ts';
import { reshape, squeeze, transpose, unsqueeze } from '../../build/reshape.ts';
import { slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { boolAttribute, floatAttribute, intAttribute } from '../../tf/attributes.ts';
import { type TfOpTable, three } from '../../tf/op.ts';
import type { TfNode } from '../../tf/tf-graph.ts';

/** What was selected: as many as there are, before it is filled up. */
interface Selection {
  readonly boxes: Value;
  readonly classes: Value;
  readonly scores: Value;
}

/** Encodings `[1, N, 4]`, scores `[1, N, C]`, anchors `[N, 4]` of centers and sizes, y first. */
function detect(
  b: Builder,
  encodings: Value,
  scores: Value,
  anchors: Value,
  node: TfNode,
): readonly Value[] {
  const classes = intAttribute(node, 'classes', 0);
  const most = intAttribute(node, 'max_detections', 0);
  const columns = scores.sizes[2];
  if (encodings.sizes[0] !== 1 || !isFixed(columns) || columns < classes || most < 1)
    throw new Unconvertible('its inputs are not those of one image');
  // Column 0 is the background, when there is one more than there are classes.
  const named = slice(b, scores, [{ axis: 2, start: columns - classes, end: null, step: 1 }]);
  const boxes = decode(b, encodings, anchors, node);
  const isRegular = boolAttribute(node, 'regular');
  if (!isRegular && intAttribute(node, 'max_classes', 1) !== 1)
    throw new Unconvertible('it gives more than one class to a box');
  const found = isRegular
    ? selectByClass(b, boxes, named, node)
    : selectBest(b, boxes, named, node);
  const count = b.named(b.node('Shape', [b.hold(found.scores)])[0] ?? '', 'int64', [1]);
  const missing = arithmetic(b, 'Sub', b.numbers([most], 'int64'), count);
  const filled = (x: Value, tail: readonly number[]): Value => {
    const none = b.numbers([0], 'int64');
    const pads = concat(b, [...[0, ...tail].map(() => none), missing, ...tail.map(() => none)], 0);
    const padded = b.emit('Pad', [b.hold(x), b.hold(pads)], 'float32', [most, ...tail]);
    return unsqueeze(b, padded, [0]);
  };
  return [
    filled(found.boxes, [4]),
    filled(cast(b, found.classes, 'float32'), []),
    filled(found.scores, []),
    cast(b, count, 'float32'),
  ];
}

/** Corners `[1, N, 4]`: top, left, bottom, right. */
function decode(b: Builder, encodings: Value, anchors: Value, node: TfNode): Value {
  const parts = split(b, encodings, [1, 1, 1, 1], 2);
  const sides = split(b, unsqueeze(b, anchors, [0]), [1, 1, 1, 1], 2);
  const scaled = (part: number, option: string): Value => {
    const value = parts[part];
    if (!value) throw new Unconvertible('its boxes have too few numbers');
    return arithmetic(b, 'Div', value, b.scalar(floatAttribute(node, option, 1), 'float32'));
  };
  const along = (axis: 0 | 1): readonly Value[] => {
    const [center, size] = [sides[axis], sides[axis + 2]];
    if (!center || !size) throw new Unconvertible('its anchors have too few numbers');
    const middle = arithmetic(
      b,
      'Add',
      arithmetic(b, 'Mul', scaled(axis, axis === 0 ? 'y_scale' : 'x_scale'), size),
      center,
    );
    const length = unary(b, 'Exp', scaled(axis + 2, axis === 0 ? 'h_scale' : 'w_scale'));
    const half = arithmetic(b, 'Mul', arithmetic(b, 'Mul', length, b.scalar(0.5, 'float32')), size);
    return [arithmetic(b, 'Sub', middle, half), arithmetic(b, 'Add', middle, half)];
  };
  const [top, bottom] = along(0);
  const [left, right] = along(1);
  return concat(
    b,
    [top, left, bottom, right].flatMap((side) => side ?? []),
    2,
  );
}

/** Each box by its best class, whatever class the boxes have that it overlaps. */
function selectBest(b: Builder, boxes: Value, scores: Value, node: TfNode): Selection {
  const best = reduce(b, 'ReduceMax', scores, [2], false);
  const kept = suppress(
    b,
    boxes,
    unsqueeze(b, best, [1]),
    intAttribute(node, 'max_detections', 0),
    node,
  );
  const places = column(b, kept, 2);
  const flat = (x: Value): Value => squeeze(b, x, [0]);
  return {
    boxes: gather(b, flat(boxes), places),
    classes: gather(b, flat(argReduce(b, 'ArgMax', scores, 2)), places),
    scores: gather(b, flat(best), places),
  };
}

/** Boxes of each class by themselves, the best of all classes first. */
function selectByClass(b: Builder, boxes: Value, scores: Value, node: TfNode): Selection {
  const byClass = transpose(b, scores, [0, 2, 1]);
  const kept = suppress(b, boxes, byClass, intAttribute(node, 'per_class', 100), node);
  const found = b.emit('GatherND', [b.hold(byClass), b.hold(kept)], 'float32', [null]);
  const most = b.numbers([intAttribute(node, 'max_detections', 0)], 'int64');
  const count = b.named(b.node('Shape', [b.hold(found)])[0] ?? '', 'int64', [1]);
  const limit = b.emit('Min', [b.hold(most), b.hold(count)], 'int64', [1]);
  const [values = '', order = ''] = b.node('TopK', [b.hold(found), b.hold(limit)], {}, 2);
  const rows = gather(b, kept, b.named(order, 'int64', [null]));
  return {
    boxes: gather(b, squeeze(b, boxes, [0]), column(b, rows, 2)),
    classes: column(b, rows, 1),
    scores: b.named(values, 'float32', [null]),
  };
}

/** Rows `[batch, class, box]` of what is left. */
function suppress(b: Builder, boxes: Value, scores: Value, most: number, node: TfNode): Value {
  const inputs = [
    b.hold(boxes),
    b.hold(scores),
    b.ints([most]),
    b.floats([floatAttribute(node, 'overlap', 0.5)]),
    b.floats([floatAttribute(node, 'score', 0)]),
  ];
  return b.emit('NonMaxSuppression', inputs, 'int64', [null, 3]);
}

const column = (b: Builder, rows: Value, place: number): Value =>
  reshape(b, slice(b, rows, [{ axis: 1, start: place, end: place + 1, step: 1 }]), [-1]);

export const TFLITE_DETECTION: TfOpTable = {
  _TfliteDetection: three(detect),
};
