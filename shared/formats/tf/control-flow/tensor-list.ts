/** Ops on lists of tensors, TensorFlow 2. */
import type { Builder } from '../../build/builder.ts';
import type { Shape } from '../../build/dims.ts';
import { split } from '../../build/join.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { boolAttribute, typeAttribute } from '../attributes.ts';
import {
  isValue,
  numbersOf,
  type TfContext,
  type TfStructuralOp,
  type TfStructuralOpTable,
  type TfValue,
} from '../op.ts';
import {
  blankList,
  gathered,
  itemAt,
  joined,
  lengthOf,
  listOf,
  listOfItems,
  popped,
  pushed,
  scattered,
  stacked,
  withItem,
} from './list-ops.ts';
import { TensorList } from './list-value.ts';

/** An op whose first input is a list; the others are tensors. */
const onList =
  (
    convert: (
      b: Builder,
      list: TensorList,
      inputs: readonly Value[],
      node: TfContext['node'],
    ) => TfValue | readonly TfValue[],
  ): TfStructuralOp =>
  ([list, ...inputs], { b, node }) =>
    convert(b, asList(list), asTensors(inputs), node);

/** An op that makes a list of tensors. */
const toList =
  (
    convert: (b: Builder, inputs: readonly Value[], node: TfContext['node']) => TensorList,
  ): TfStructuralOp =>
  (inputs, { b, node }) =>
    convert(b, asTensors(inputs), node);

/** The value as a list. @throws Unconvertible when it is none */
export function asList(value: TfValue | undefined): TensorList {
  if (value instanceof TensorList) return value;
  throw new Unconvertible('one of its inputs is no list of tensors');
}

/** The values as tensors. @throws Unconvertible when one is none */
export function asTensors(values: readonly TfValue[]): readonly Value[] {
  if (values.every(isValue)) return values;
  throw new Unconvertible('one of its inputs is no tensor');
}

/** A tensor that must be there. @throws Unconvertible when it is not */
export function tensorAt(values: readonly Value[], place: number): Value {
  const value = values[place];
  if (value) return value;
  throw new Unconvertible(`it has too few inputs`);
}

/** The shape that a vector of sizes gives; −1 is free. A number alone, as -1, says nothing. */
function shapeFrom(sizes: Value | undefined): Shape | null {
  if (sizes?.shape?.length !== 1) return null;
  return sizes.known?.map((size) => (typeof size === 'number' && size < 0 ? null : size)) ?? null;
}

const reserve = toList((_, inputs, node) =>
  blankList(typeAttribute(node, 'element_dtype'), shapeFrom(inputs[0]), tensorAt(inputs, 1)),
);

export const TENSOR_LISTS: TfStructuralOpTable = {
  TensorListReserve: reserve,
  EmptyTensorList: toList((b, inputs, node) =>
    blankList(typeAttribute(node, 'element_dtype'), shapeFrom(inputs[0]), b.scalar(0, 'int32')),
  ),
  TensorListFromTensor: toList((_, inputs) => listOf(tensorAt(inputs, 0))),
  TensorListGetItem: onList((b, list, inputs) => itemAt(b, list, tensorAt(inputs, 0))),
  TensorListSetItem: onList((b, list, inputs, node) =>
    withItem(
      b,
      list,
      tensorAt(inputs, 0),
      tensorAt(inputs, 1),
      boolAttribute(node, 'resize_if_index_out_of_bounds'),
    ),
  ),
  TensorListStack: onList((b, list, inputs) => {
    const element = list.element ?? shapeFrom(inputs[0]);
    return stacked(b, list.with(list.content, { element }));
  }),
  TensorListLength: onList((b, list) => lengthOf(b, list)),
  TensorListPushBack: onList((b, list, inputs) => pushed(b, list, tensorAt(inputs, 0))),
  TensorListPopBack: onList((b, list) => popped(b, list)),
  TensorListGather: onList((b, list, inputs) => gathered(b, list, tensorAt(inputs, 0))),
  TensorListConcat: onList((b, list) => joined(b, list)),
  TensorListConcatV2: onList((b, list) => joined(b, list)),
  TensorListScatterV2: toList((b, inputs, node) => {
    const [tensor, indices] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
    const length = tensorAt(inputs, 3);
    // −1: as many as are written.
    const count = length.numbers?.[0] === -1 ? (indices.shape?.[0] ?? null) : null;
    const size = typeof count === 'number' ? b.scalar(count, 'int32') : length;
    const list = blankList(typeAttribute(node, 'element_dtype', tensor.type), null, size);
    return scattered(b, list, indices, tensor);
  }),
  TensorListScatterIntoExistingList: onList((b, list, inputs) =>
    scattered(b, list, tensorAt(inputs, 1), tensorAt(inputs, 0)),
  ),
  TensorListSplit: toList((b, inputs) => {
    const lengths = numbersOf(tensorAt(inputs, 2), 'list of lengths');
    return listOfItems(b, split(b, tensorAt(inputs, 0), lengths, 0));
  }),
  TensorListElementShape: onList((b, list, _, node) => {
    const { element } = list;
    const sizes = element?.map((size) => (typeof size === 'number' ? size : -1));
    return b.numbers(
      sizes ?? [-1],
      typeAttribute(node, 'shape_type', 'int32'),
      sizes ? undefined : [],
    );
  }),
};
