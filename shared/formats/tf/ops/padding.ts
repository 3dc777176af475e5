/** Margins around a value. */
import type { Builder } from '../../build/builder.ts';
import { cast, int64Name } from '../../build/cast.ts';
import { upTo } from '../../build/dims.ts';
import { concat } from '../../build/join.ts';
import { kernelType } from '../../build/kernel-type.ts';
import { reshape, transpose } from '../../build/reshape.ts';
import { type Padding, pad, slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { stringAttribute } from '../attributes.ts';
import { numbersOf, type TfOpTable, three, two } from '../op.ts';

type Margins = readonly (readonly [before: number, after: number])[];

/** Rows `[before, after]`, one for each axis. @throws Unconvertible for negative ones, which ONNX would cut off */
function marginsOf(x: Value, numbers: readonly number[]): Margins {
  if (numbers.some((count) => count < 0)) throw new Unconvertible('it has negative paddings');
  return upTo(x.rank).map((axis) => [numbers[2 * axis] ?? 0, numbers[2 * axis + 1] ?? 0]);
}

function padded(b: Builder, x: Value, paddings: Value, value?: Value): Value {
  const { numbers } = paddings;
  if (numbers) return pad(b, x, marginsOf(x, numbers), 'constant', value);
  // ONNX wants all that stand before and then all that stand after.
  const carried = kernelType('Pad', x.type, b.opset);
  const pads = reshape(b, transpose(b, cast(b, paddings, 'int64'), [1, 0]), [-1]);
  const inputs = [cast(b, x, carried), ...(value ? [cast(b, value, carried)] : [])];
  const [held = '', ...fill] = inputs.map((item) => b.hold(item));
  const shape = x.sizes.map(() => null);
  return cast(b, b.emit('Pad', [held, int64Name(b, pads), ...fill], carried, shape), x.type);
}

/** SYMMETRIC repeats the border, REFLECT does not; ONNX has a mode for the second one. */
function mirrored(b: Builder, x: Value, paddings: Value, mode: string): Value {
  const margins = marginsOf(x, numbersOf(paddings, 'paddings'));
  if (mode !== 'SYMMETRIC') return pad(b, x, margins as Padding, 'reflect');
  return margins.reduce((value, margin, axis) => symmetric(b, value, axis, margin), x);
}

function symmetric(
  b: Builder,
  x: Value,
  axis: number,
  [before, after]: readonly [number, number],
): Value {
  const front = { axis, start: before - 1, end: null, step: -1 };
  const back = { axis, start: -1, end: -1 - after, step: -1 };
  return concat(
    b,
    [...(before > 0 ? [slice(b, x, [front])] : []), x, ...(after > 0 ? [slice(b, x, [back])] : [])],
    axis,
  );
}

export const PADDING: TfOpTable = {
  Pad: two((b, x, paddings) => padded(b, x, paddings)),
  PadV2: three(padded),
  MirrorPad: two((b, x, paddings, node) =>
    mirrored(b, x, paddings, stringAttribute(node, 'mode', 'REFLECT')),
  ),
};
