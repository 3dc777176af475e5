/** Images in other sizes, and parts of them. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { expectRank, isFixed } from '../../build/dims.ts';
import { arithmetic, comparison, unary, where } from '../../build/elementwise.ts';
import { matmul } from '../../build/matmul.ts';
import { transpose, unsqueeze } from '../../build/reshape.ts';
import { type PixelPlaces, resize } from '../../build/resize.ts';
import { areaWeights } from '../../build/resize-places.ts';
import { bilinearAt, both, pixelsAt, ramp, sizeValue } from '../../build/sample.ts';
import { slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { boolAttribute, floatAttribute, stringAttribute } from '../attributes.ts';
import { input, many, sidesOf, type TfOp, type TfOpTable, two } from '../op.ts';
import type { TfNode } from '../tf-graph.ts';
import { projectiveTransform } from './image-transform.ts';

/** How the attributes say that places are mapped. */
function placesAttribute(node: TfNode): PixelPlaces {
  const isHalf = boolAttribute(node, 'half_pixel_centers');
  const isAligned = boolAttribute(node, 'align_corners');
  if (isHalf && isAligned)
    throw new Unconvertible('it aligns corners and pixel centers, which TensorFlow itself refuses');
  return isAligned ? 'align-corners' : isHalf ? 'half-pixel' : 'asymmetric';
}

/** All but the nearest pixel come as float32, whatever the image is. */
const resized = (mode: 'linear' | 'cubic'): TfOp =>
  two((b, x, size, node) => resize(b, cast(b, x, 'float32'), size, mode, placesAttribute(node)));

/** Each pixel of the result is the mean of the area that it covers: two products with constant matrices. */
const resizeArea: TfOp = two((b, x, size, node) => {
  expectRank(x, 4);
  const [height, width] = sidesOf(size, 'size');
  const [rows, columns] = x.sizes.slice(1, 3);
  if (!isFixed(rows) || !isFixed(columns))
    throw new Unconvertible('it resizes by area, and a size is free');
  const places = placesAttribute(node);
  const planes = transpose(b, cast(b, x, 'float32'), [0, 3, 1, 2]);
  const across = b.numbers(areaWeights(columns, width, places), 'float32', [width, columns]);
  const down = b.numbers(areaWeights(rows, height, places), 'float32', [height, rows]);
  const narrow = matmul(b, planes, across, { transposeRight: true });
  return transpose(b, matmul(b, down, narrow), [0, 2, 3, 1]);
});

/** Boxes `[M, 4]` in shares of the image, whose first and last pixel centers are 0 and 1. */
const cropAndResize: TfOp = many((b, inputs, node) => {
  const [x, boxes, images] = [input(inputs, 0), input(inputs, 1), input(inputs, 2)];
  const [height, width] = sidesOf(input(inputs, 3), 'crop size');
  expectRank(boxes, 2);
  expectRank(images, 1);
  const side = (index: number): Value =>
    unsqueeze(b, slice(b, boxes, [{ axis: 1, start: index, end: index + 1, step: 1 }]), [2]);
  const rows = boxPlaces(b, x, 1, [side(0), side(2)], height);
  const columns = boxPlaces(b, x, 2, [side(1), side(3)], width);
  const image = unsqueeze(b, cast(b, images, 'int64'), [1, 2]);
  const isNearest = stringAttribute(node, 'method', 'bilinear') === 'nearest';
  const place = (at: Value): Value =>
    isNearest ? unary(b, 'Floor', arithmetic(b, 'Add', at, b.scalar(0.5, 'float32'))) : at;
  const places = { image, row: place(rows.at), column: place(columns.at) };
  const pixels = isNearest
    ? pixelsAt(b, cast(b, x, 'float32'), places, 'nearest')
    : bilinearAt(b, x, places, 'nearest');
  const isInside = both(b, rows.isInside, columns.isInside);
  const outside = b.scalar(floatAttribute(node, 'extrapolation_value', 0), 'float32');
  return where(b, unsqueeze(b, isInside, [3]), pixels, outside);
});

/** The places along one axis of the image, `[M, count, 1]` or `[M, 1, count]`. */
function boxPlaces(
  b: Builder,
  x: Value,
  axis: 1 | 2,
  [start, end]: readonly [Value, Value],
  count: number,
): { readonly at: Value; readonly isInside: Value } {
  const calculate = (op: string, left: Value, right: Value): Value =>
    arithmetic(b, op, left, right);
  const number = (value: number): Value => b.scalar(value, 'float32');
  const last = calculate('Sub', cast(b, sizeValue(b, x, axis), 'float32'), number(1));
  const at = count > 1 ? spread() : middle();
  const isInside = both(
    b,
    comparison(b, 'GreaterOrEqual', at, number(0)),
    comparison(b, 'LessOrEqual', at, last),
  );
  return { at, isInside };

  function spread(): Value {
    const length = calculate('Mul', calculate('Sub', end, start), last);
    const step = calculate('Div', length, number(count - 1));
    return calculate(
      'Add',
      calculate('Mul', start, last),
      calculate('Mul', ramp(b, count, axis), step),
    );
  }
  function middle(): Value {
    return calculate('Mul', calculate('Mul', number(0.5), calculate('Add', start, end)), last);
  }
}

export const IMAGE: TfOpTable = {
  ResizeBilinear: resized('linear'),
  ResizeBicubic: resized('cubic'),
  ResizeNearestNeighbor: two((b, x, size, node) =>
    resize(b, x, size, 'nearest', placesAttribute(node)),
  ),
  ResizeArea: resizeArea,
  CropAndResize: cropAndResize,
  ImageProjectiveTransformV2: projectiveTransform,
  ImageProjectiveTransformV3: projectiveTransform,
};
