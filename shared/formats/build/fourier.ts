/** Discrete Fourier transforms along the last axis, with both parts of complex numbers as values of their own. */
import type { Builder } from './builder.ts';
import { inKernelType } from './compute-type.ts';
import { type Dim, upTo } from './dims.ts';
import { arithmetic, unary } from './elementwise.ts';
import { concat } from './join.ts';
import { squeeze, unsqueeze } from './reshape.ts';
import { pad, slice } from './slice.ts';
import type { Value } from './value.ts';

/** Both parts, of one shape. */
export interface ComplexParts {
  readonly real: Value;
  readonly imaginary: Value;
}

/** Of real numbers, cut or filled with zeros to `length`: the first ⌊length / 2⌋ + 1 frequencies. */
export function realTransform(b: Builder, x: Value, length: number): ComplexParts {
  const signal = unsqueeze(b, toLength(b, x, length), [x.rank]);
  return apart(b, dft(b, signal, { onesided: 1 }, Math.floor(length / 2) + 1));
}

/** Of complex numbers; `isInverse` divides by the length. */
export function complexTransform(b: Builder, x: ComplexParts, isInverse: boolean): ComplexParts {
  const last = x.real.sizes.at(-1) ?? null;
  return apart(b, dft(b, together(b, x), { inverse: isInverse ? 1 : 0 }, last));
}

/** The real numbers of given `length` whose first frequencies these are. */
export function inverseRealTransform(b: Builder, x: ComplexParts, length: number): Value {
  const count = Math.floor(length / 2) + 1;
  const half = { real: toLength(b, x.real, count), imaginary: toLength(b, x.imaginary, count) };
  const mirrored = (part: Value): Value =>
    slice(b, part, [{ axis: part.rank - 1, start: length - count, end: 0, step: -1 }]);
  // Frequencies above the half are those below it, mirrored and conjugated.
  const whole = {
    real: concat(b, [half.real, mirrored(half.real)], -1),
    imaginary: concat(b, [half.imaginary, unary(b, 'Neg', mirrored(half.imaginary))], -1),
  };
  return complexTransform(b, length > 2 ? whole : half, true).real;
}

/** The last axis cut, or filled with zeros, to `length` elements. */
function toLength(b: Builder, x: Value, length: number): Value {
  const axis = x.rank - 1;
  const size = x.sizes[axis];
  if (size === length) return x;
  if (typeof size === 'number' && size > length)
    return slice(b, x, [{ axis, start: 0, end: length, step: 1 }]);
  const lacking = typeof size === 'number' ? length - size : length;
  const padded = pad(
    b,
    x,
    upTo(x.rank).map((at) => [0, at === axis ? lacking : 0] as const),
  );
  return slice(b, padded, [{ axis, start: 0, end: length, step: 1 }]).withShape(
    x.sizes.with(axis, length),
  );
}

function dft(b: Builder, x: Value, attributes: Record<string, number>, count: Dim): Value {
  const axis = x.rank - 2;
  const shape = [...x.sizes.slice(0, -2), count, 2];
  return inKernelType(b, 'DFT', [x], ([value = x]) =>
    b.opset >= 20
      ? b.emit('DFT', [b.hold(value), '', b.hold(b.scalar(axis, 'int64'))], value.type, shape, {
          attributes,
        })
      : b.emit('DFT', [b.hold(value)], value.type, shape, {
          attributes: { ...attributes, axis },
        }),
  );
}

function apart(b: Builder, x: Value): ComplexParts {
  const axis = x.rank - 1;
  const part = (index: number): Value =>
    squeeze(b, slice(b, x, [{ axis, start: index, end: index + 1, step: 1 }]), [axis]);
  return { real: part(0), imaginary: part(1) };
}

const together = (b: Builder, { real, imaginary }: ComplexParts): Value =>
  concat(
    b,
    [real, imaginary].map((part) => unsqueeze(b, part, [part.rank])),
    -1,
  );

/** √(re² + im²). */
export function magnitude(b: Builder, { real, imaginary }: ComplexParts): Value {
  const square = (x: Value): Value => arithmetic(b, 'Mul', x, x);
  return unary(b, 'Sqrt', arithmetic(b, 'Add', square(real), square(imaginary)));
}
