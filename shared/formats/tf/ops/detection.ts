/** Choosing among boxes that overlap: `NonMaxSuppression` in all its versions. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { gather } from '../../build/join.ts';
import { lengthOf, padTo, type Selection, selectOfOne } from '../../build/select-boxes.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { boolAttribute, floatAttribute } from '../attributes.ts';
import { input, many, type TfOpTable } from '../op.ts';
import type { TfNode } from '../tf-graph.ts';
import { combinedNonMaxSuppression } from './combined-detection.ts';

/** The numbers of the boxes, int64, as inputs from 2 on say it. */
function selected(b: Builder, inputs: readonly Value[], node: TfNode): Value {
  const given = inputs[3];
  const selection: Selection = {
    most: input(inputs, 2),
    overlap: given ?? b.scalar(floatAttribute(node, 'iou_threshold', 0.5), 'float32'),
    score: inputs[4],
  };
  return selectOfOne(b, input(inputs, 0), input(inputs, 1), selection);
}

/** Lists of `most` elements where the attribute wants it. */
const filled = (b: Builder, x: Value, most: Value, node: TfNode): Value =>
  boolAttribute(node, 'pad_to_max_output_size') ? padTo(b, x, most) : x;

const numbers = many((b, inputs, node) => cast(b, selected(b, inputs, node), 'int32'));

export const DETECTION: TfOpTable = {
  NonMaxSuppression: numbers,
  NonMaxSuppressionV2: numbers,
  NonMaxSuppressionV3: numbers,
  NonMaxSuppressionV4: many((b, inputs, node) => {
    const boxes = cast(b, selected(b, inputs, node), 'int32');
    return [filled(b, boxes, input(inputs, 2), node), lengthOf(b, boxes)];
  }),
  NonMaxSuppressionV5: many((b, inputs, node) => {
    const sigma = inputs[5]?.numbers?.[0];
    if (sigma !== 0)
      throw new Unconvertible('it lowers the scores of boxes that overlap (soft_nms_sigma)');
    const boxes = selected(b, inputs, node);
    const scores = gather(b, input(inputs, 1), boxes, 0);
    const most = input(inputs, 2);
    return [
      filled(b, cast(b, boxes, 'int32'), most, node),
      filled(b, scores, most, node),
      lengthOf(b, boxes),
    ];
  }),
  CombinedNonMaxSuppression: combinedNonMaxSuppression,
};
