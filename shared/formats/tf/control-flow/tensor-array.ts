/**
 * Ops on lists of tensors, TensorFlow 1. A list is a resource there, and a number flows from each op to the
 * next to keep them in order: here the number is the list as it is at that point.
 */

import type { Builder } from '../../build/builder.ts';
import { split } from '../../build/join.ts';
import type { Value } from '../../build/value.ts';
import { boolAttribute, shapeAttribute, typeAttribute } from '../attributes.ts';
import { numbersOf, type TfStructuralOp, type TfStructuralOpTable, type TfValue } from '../op.ts';
import {
  blankList,
  gathered,
  itemAt,
  joined,
  lengthOf,
  listOfItems,
  scattered,
  withItem,
} from './list-ops.ts';
import type { TensorList } from './list-value.ts';
import { asList, asTensors, tensorAt } from './tensor-list.ts';

const create: TfStructuralOp = (inputs, { node }) => {
  const size = tensorAt(asTensors(inputs), 0);
  const element = shapeAttribute(node, 'element_shape') ?? null;
  const blank = blankList(typeAttribute(node, 'dtype'), element, size);
  const list = boolAttribute(node, 'dynamic_size') ? blank.growing() : blank;
  return [list, list];
};

/** An op that reads: inputs are the handle, tensors, the flow. */
const reading =
  (
    read: (b: Builder, list: TensorList, inputs: readonly Value[]) => TfValue | readonly TfValue[],
  ): TfStructuralOp =>
  (inputs, { b }) =>
    read(b, asList(inputs.at(-1)), asTensors(inputs.slice(1, -1)));

const size: TfStructuralOp = ([, flow], { b }) => lengthOf(b, asList(flow));

const close: TfStructuralOp = () => [];

export const TENSOR_ARRAYS: TfStructuralOpTable = {
  TensorArrayV3: create,
  TensorArrayReadV3: reading((b, list, inputs) => itemAt(b, list, tensorAt(inputs, 0))),
  TensorArrayWriteV3: reading((b, list, inputs) =>
    withItem(b, list, tensorAt(inputs, 0), tensorAt(inputs, 1), list.canGrow),
  ),
  TensorArrayGatherV3: reading((b, list, inputs) => gathered(b, list, tensorAt(inputs, 0))),
  TensorArrayScatterV3: reading((b, list, inputs) =>
    scattered(b, list, tensorAt(inputs, 0), tensorAt(inputs, 1)),
  ),
  TensorArrayConcatV3: reading((b, list) => joined(b, list)),
  TensorArraySplitV3: reading((b, _, inputs) => {
    const lengths = numbersOf(tensorAt(inputs, 1), 'list of lengths');
    return listOfItems(b, split(b, tensorAt(inputs, 0), lengths, 0));
  }),
  TensorArraySizeV3: size,
  TensorArrayCloseV3: close,
};
