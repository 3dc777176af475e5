/** Fourier transforms and what audio models do with complex numbers. */
import type { Builder } from '../../build/builder.ts';
import { unary } from '../../build/elementwise.ts';
import {
  type ComplexParts,
  complexTransform,
  inverseRealTransform,
  magnitude,
  realTransform,
} from '../../build/fourier.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import {
  ComplexTensor,
  isValue,
  numberOf,
  type TfStructuralOp,
  type TfStructuralOpTable,
  type TfValue,
} from '../op.ts';

/** Transforms longer than any window of audio are a mistake, and their tables large. */
const MAX_TRANSFORM = 2 ** 20;

function tensor(value: TfValue | undefined): Value {
  if (isValue(value)) return value;
  throw new Unconvertible('it takes a tensor of real numbers, and gets something else');
}

function complex(value: TfValue | undefined): ComplexTensor {
  if (value instanceof ComplexTensor) return value;
  throw new Unconvertible('it takes complex numbers that a Fourier transform gives');
}

function lengthOf(value: TfValue | undefined): number {
  const length = numberOf(tensor(value), 'length of the transform');
  if (length >= 1 && length <= MAX_TRANSFORM) return length;
  throw new Unconvertible(`its transform of ${length} numbers is longer than ${MAX_TRANSFORM}`);
}

const made = ({ real, imaginary }: ComplexParts): ComplexTensor =>
  new ComplexTensor(real, imaginary);

/** An op of one complex tensor. */
const ofComplex =
  (convert: (b: Builder, x: ComplexTensor) => TfValue): TfStructuralOp =>
  ([x], { b }) =>
    convert(b, complex(x));

export const FOURIER: TfStructuralOpTable = {
  RFFT: ([x, length], { b }) => made(realTransform(b, tensor(x), lengthOf(length))),
  IRFFT: ([x, length], { b }) => inverseRealTransform(b, complex(x), lengthOf(length)),
  FFT: ofComplex((b, x) => made(complexTransform(b, x, false))),
  IFFT: ofComplex((b, x) => made(complexTransform(b, x, true))),
  Complex: ([real, imaginary]) => new ComplexTensor(tensor(real), tensor(imaginary)),
  ComplexAbs: ofComplex(magnitude),
  Real: ofComplex((_, x) => x.real),
  Imag: ofComplex((_, x) => x.imaginary),
  Conj: ofComplex((b, x) => new ComplexTensor(x.real, unary(b, 'Neg', x.imaginary))),
};
