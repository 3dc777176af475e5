/** A part of a value, overwritten. */
import type { Builder } from '../../build/builder.ts';
import { cast, int64Name } from '../../build/cast.ts';
import { isStatic, sizeOf, upTo } from '../../build/dims.ts';
import { arithmetic, broadcast } from '../../build/elementwise.ts';
import { numberTensor } from '../../build/number-tensor.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { type TfOpTable, three } from '../../tf/op.ts';

/** Elements that a part may have: the place of each is written into the model (CWE-789). */
const MAX_PLACES = 1 << 20;

/** `x` with `update` at `start`, which is moved so that all of it lies inside. */
function updateSlice(b: Builder, x: Value, update: Value, start: Value): Value {
  const { sizes } = update;
  if (!isStatic(sizes) || !isStatic(x.sizes))
    throw new Unconvertible('it overwrites a part of free size');
  const count = sizeOf(sizes);
  if (count * sizes.length > MAX_PLACES)
    throw new Unconvertible(`it overwrites ${count} elements at a computed place`);
  const last = x.sizes.map((size, axis) => size - (sizes[axis] ?? 0));
  const wished = cast(b, start, 'int64');
  const front = broadcast(
    b,
    'Max',
    [
      wished,
      b.numbers(
        last.map(() => 0),
        'int64',
      ),
    ],
    'int64',
  );
  const inside = broadcast(b, 'Min', [front, b.numbers(last, 'int64')], 'int64');
  const places = b.constant(numberTensor(gridOf(sizes), 'int64', [...sizes, sizes.length]));
  const indices = arithmetic(b, 'Add', places, inside);
  const inputs = [b.hold(x), int64Name(b, indices), b.hold(update)];
  return b.emit('ScatterND', inputs, x.type, x.shape);
}

/** The index of each element, row-major. */
function gridOf(sizes: readonly number[]): number[] {
  const strides = sizes.map((_, axis) => sizeOf(sizes.slice(axis + 1)));
  return upTo(sizeOf(sizes)).flatMap((place) =>
    sizes.map((size, axis) => Math.floor(place / (strides[axis] ?? 1)) % size),
  );
}

export const TFLITE_UPDATE: TfOpTable = {
  _TfliteDynamicUpdateSlice: three(updateSlice),
};
