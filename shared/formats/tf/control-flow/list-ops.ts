/** What ops do with lists of tensors. */
import type { ElementType } from '../../../onnx/element-type.ts';
import type { Builder } from '../../build/builder.ts';
import { cast, int64Name } from '../../build/cast.ts';
import { isFixed, isStatic, mergeShapes, type Shape, upTo } from '../../build/dims.ts';
import { concat, gather, stack } from '../../build/join.ts';
import { numberTensor } from '../../build/number-tensor.ts';
import { reshape, squeeze, unsqueeze } from '../../build/reshape.ts';
import { shapeOf, sizesName } from '../../build/shape-of.ts';
import { slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { ListIsRead, TensorList } from './list-value.ts';

/** Elements that are kept apart; longer lists are one tensor. A list written outside of loops has a few. */
const MAX_ITEMS = 1024;

/** The number that a value of rank 0 holds, where it is known. */
export function knownNumber(value: Value): number | undefined {
  const { known } = value;
  const [first] = known ?? [];
  return known?.length === 1 && typeof first === 'number' ? first : undefined;
}

/** Whether both are the same number, whatever it is. */
export function sameNumber(a: Value, b: Value): boolean {
  const [first = null] = a.known ?? [];
  return a === b || (first !== null && first === (b.known?.[0] ?? null));
}

/** Whether the list has as many elements as the number says. */
export function isLengthOf(list: TensorList, count: Value): boolean {
  const { size, length } = list;
  return length === count || (size !== null && size === (count.known?.[0] ?? null));
}

/** A list of which nothing was written. */
export function blankList(type: ElementType, element: Shape | null, length: Value): TensorList {
  const count = knownNumber(length);
  if (count === undefined || count > MAX_ITEMS || count < 0)
    return new TensorList(type, element, length, { kind: 'blank' });
  const items = Array.from({ length: count }, () => undefined);
  return new TensorList(type, element, length, { kind: 'elements', items });
}

/** A list that holds the slices of a tensor along its first axis. */
export function listOf(tensor: Value, length?: Value): TensorList {
  const element = tensor.shape?.slice(1) ?? null;
  return new TensorList(tensor.type, element, length, { kind: 'stacked', tensor });
}

const FIRST = { axis: 0, start: 0, end: 1, step: 1 };

/** A list of given elements. */
export function listOfItems(b: Builder, items: readonly Value[]): TensorList {
  const [first] = items;
  if (!first) throw new Unconvertible('it makes a list of nothing');
  return new TensorList(first.type, commonShape(items), b.scalar(items.length, 'int32'), {
    kind: 'elements',
    items,
  });
}

/** A shape that all of them have: `null` where they differ. */
function commonShape([first, ...rest]: readonly Value[]): Shape | null {
  const start = first?.shape ?? null;
  return rest.reduce<Shape | null>((common, { shape }) => commonOf(common, shape), start);
}

/** Sizes in which both agree; `null` where not. */
export function commonOf(a: Shape | null, b: Shape | null): Shape | null {
  if (!a || !b || a.length !== b.length) return null;
  return a.map((dim, axis) => (dim === b[axis] ? dim : null));
}

/** Where the free sizes of an element are taken from: a value of its shape, or axes of the same name. */
type SizeSource = { readonly like: Value } | { readonly among: readonly Value[] };

/** All elements as one tensor `[length, …element]`; those that were never written are zeros. */
export function stacked(b: Builder, list: TensorList, from: SizeSource = { among: [] }): Value {
  const { content } = list;
  switch (content.kind) {
    case 'stacked':
      return content.tensor;
    case 'collected':
      throw new ListIsRead(content.loop, content.place);
    case 'blank':
      return zeros(b, list, [lengthOf(b, list)], from);
    case 'elements': {
      const written = content.items.find((item) => item !== undefined);
      if (!written) return zeros(b, list, [lengthOf(b, list)], from);
      const blank = content.items.every((item) => item !== undefined)
        ? written
        : zeros(b, list.with(content, { element: written.shape }), [], { like: written });
      return stack(
        b,
        content.items.map((item) => item ?? blank),
      );
    }
  }
}

/** Zeros of the size of an element, repeated along axes in front. */
function zeros(b: Builder, list: TensorList, front: readonly Value[], from: SizeSource): Value {
  const sizes = elementSizes(b, list.element, from);
  if (!sizes)
    throw new Unconvertible(
      'it reads elements of a list that were never written, and the file does not say of which size they are',
    );
  const parts = [...front.map((size) => reshape(b, cast(b, size, 'int64'), [1])), sizes];
  const shape = [
    ...front.map((size) => size.known?.[0] ?? null),
    ...(sizes.known ?? upTo(sizes.sizes[0] as number).map(() => null)),
  ];
  return b.emit('ConstantOfShape', [b.hold(concat(b, parts, 0))], list.type, shape, {
    attributes: { value: numberTensor([0], list.type) },
  });
}

/** A vector of the sizes of an element. */
function elementSizes(b: Builder, element: Shape | null, from: SizeSource): Value | undefined {
  if (isStatic(element)) return b.numbers(element, 'int64');
  if ('like' in from) return shapeOf(b, from.like, 'int64');
  const name = element ? sizesName(b, element, from.among) : undefined;
  if (!element || name === undefined) return undefined;
  return b.named(name, 'int64', [element.length]).withKnown(element);
}

/** The element at a place. */
export function itemAt(b: Builder, list: TensorList, index: Value): Value {
  const { content } = list;
  const place = knownNumber(index);
  if (content.kind === 'elements' && place !== undefined) {
    const item = content.items[place];
    if (item) return item;
    if (place < 0 || place >= content.items.length)
      throw new Unconvertible(`it reads element ${place} of a list of ${content.items.length}`);
    return zeros(b, list, [], { among: [] });
  }
  return gather(b, stacked(b, list), index);
}

/** The list with another element at a place. With `grows` the list may become longer by it. */
export function withItem(
  b: Builder,
  list: TensorList,
  index: Value,
  element: Value,
  grows = false,
): TensorList {
  const { content } = list;
  const place = knownNumber(index);
  if (content.kind === 'collected') {
    if (content.write) throw new ListIsRead(content.loop, content.place);
    return list.with({ ...content, write: { index, element } });
  }
  if (content.kind === 'elements' && place !== undefined) {
    const { items } = content;
    if (place < 0 || place >= (grows ? MAX_ITEMS : items.length))
      throw new Unconvertible(`it writes element ${place} of a list of ${items.length}`);
    const longer = [...items, ...upTo(Math.max(0, place + 1 - items.length)).map(() => undefined)];
    return list.with(
      { kind: 'elements', items: longer.with(place, element) },
      {
        element: mergeShapes(list.element, element.shape),
        length: b.scalar(longer.length, 'int32'),
      },
    );
  }
  if (grows)
    throw new Unconvertible('it writes to a list that grows at a place known only at run time');
  const shape = mergeShapes(list.element, element.shape);
  const tensor = stacked(b, list.with(content, { element: shape }), { like: element });
  const column = unsqueeze(b, unsqueeze(b, cast(b, index, 'int64'), [0]), [0]);
  const updates = unsqueeze(b, element, [0]);
  const changed = b.emit(
    'ScatterND',
    [b.hold(tensor), b.hold(column), b.hold(updates)],
    tensor.type,
    tensor.shape,
  );
  return list.with({ kind: 'stacked', tensor: changed }, { element: shape });
}

/** The list with one more element. */
export function pushed(b: Builder, list: TensorList, element: Value): TensorList {
  const { content } = list;
  const shape = mergeShapes(list.element, element.shape);
  if (content.kind === 'collected') {
    if (content.write) throw new ListIsRead(content.loop, content.place);
    return list.with({ ...content, write: { index: 'end', element } });
  }
  if (content.kind === 'elements' && content.items.length < MAX_ITEMS)
    return list.with(
      { kind: 'elements', items: [...content.items, element] },
      { element: shape, length: b.scalar(content.items.length + 1, 'int32') },
    );
  return listOf(concat(b, [stacked(b, list, { like: element }), unsqueeze(b, element, [0])], 0));
}

/** The list without its last element, and that element. */
export function popped(b: Builder, list: TensorList): [TensorList, Value] {
  const { content } = list;
  if (content.kind === 'elements') {
    const last = content.items.at(-1);
    if (!last) throw new Unconvertible('it takes the last element of a list that has none');
    const items = content.items.slice(0, -1);
    const length = b.scalar(items.length, 'int32');
    return [list.with({ kind: 'elements', items }, { length }), last];
  }
  const tensor = stacked(b, list);
  const rest = slice(b, tensor, [{ axis: 0, start: null, end: -1, step: 1 }]);
  return [listOf(rest), gather(b, tensor, b.scalar(-1, 'int64'))];
}

/** How many elements there are, int32. */
export function lengthOf(b: Builder, list: TensorList): Value {
  const { content, length, size } = list;
  if (content.kind === 'collected' && content.write?.index === 'end')
    throw new ListIsRead(content.loop, content.place);
  if (isFixed(size)) return b.scalar(size, 'int32');
  if (length) return length;
  return squeeze(b, slice(b, shapeOf(b, stacked(b, list)), [FIRST]), [0]);
}

/** A list with the slices of a tensor at the given places. */
export function scattered(b: Builder, list: TensorList, indices: Value, tensor: Value): TensorList {
  const { size } = list;
  const isWhole = isRange(indices) && isFixed(size) && size <= (indices.numbers?.length ?? 0);
  if (isWhole) return listOf(tensor);
  const row = squeeze(b, slice(b, tensor, [FIRST]), [0]);
  const base = stacked(b, list, { like: row });
  const column = b.hold(unsqueeze(b, cast(b, indices, 'int64'), [1]));
  return listOf(b.emit('ScatterND', [b.hold(base), column, b.hold(tensor)], base.type, base.shape));
}

/** Whether the numbers are known to be 0, 1, 2 … */
const isRange = (indices: Value): boolean =>
  indices.numbers?.every((place, index) => place === index) ?? false;

/** The elements at some places as one tensor. */
export const gathered = (b: Builder, list: TensorList, indices: Value): Value => {
  if (isRange(indices) && indices.numbers?.length === list.size) return stacked(b, list);
  return gather(b, stacked(b, list), indices);
};

/** The elements one after the other along their first axis, and how long each was (int64). */
export function joined(b: Builder, list: TensorList): [Value, Value] {
  const { content } = list;
  if (content.kind === 'elements') {
    const items = content.items.filter((item) => item !== undefined);
    const sizes = items.map((item) => item.sizes[0] ?? null);
    if (items.length === content.items.length && items.length > 0)
      return [
        concat(b, items, 0),
        sizes.every(isFixed)
          ? b.numbers(sizes, 'int64')
          : concat(
              b,
              items.map((item) => slice(b, shapeOf(b, item, 'int64'), [FIRST])),
              0,
            ),
      ];
  }
  const tensor = stacked(b, list);
  const target = b.node('Concat', [b.ints([-1]), ...sizesBehind(b, tensor)], { axis: 0 })[0] ?? '';
  const shape = [null, ...tensor.sizes.slice(2)];
  const flat = b.emit('Reshape', [b.hold(tensor), target], tensor.type, shape);
  const each = slice(b, shapeOf(b, tensor, 'int64'), [{ axis: 0, start: 1, end: 2, step: 1 }]);
  const count = int64Name(b, unsqueeze(b, lengthOf(b, list), [0]));
  return [flat, b.emit('Expand', [b.hold(each), count], 'int64', [null])];
}

/** The sizes behind the second axis, as names of vectors; none when there are none. */
function sizesBehind(b: Builder, tensor: Value): string[] {
  if (tensor.rank <= 2) return [];
  return b.node('Shape', [b.hold(tensor)], { start: 2 });
}
