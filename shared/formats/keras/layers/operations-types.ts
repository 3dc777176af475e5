/** Which type Keras computes with when operands differ. Source: keras/src/backend/common/dtypes.py. */
import { ELEMENT_TYPES, type ElementType } from '../../../onnx/element-type.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { inputType } from '../dtype-policy.ts';

/** A tensor, or a number that takes the type of the tensors beside it. */
export interface Operand {
  readonly value: Value;
  readonly isWeak: boolean;
}

const kindOf = (type: ElementType): 0 | 1 | 2 =>
  type === 'bool' ? 0 : type.includes('float') ? 2 : 1;

/** The common type of operands. */
export function promoted(operands: readonly Operand[]): ElementType {
  const strong = operands.filter(({ isWeak }) => !isWeak).map(({ value }) => value.type);
  const weak = operands.filter(({ isWeak }) => isWeak).map(({ value }) => value.type);
  const [first, ...rest] = strong.length > 0 ? strong : weak;
  if (!first) throw new Unconvertible('it has no operands');
  let type = rest.reduce(wider, first);
  // A number only counts when it is of a higher kind: 2.5 times integers is computed in floats.
  if (strong.length > 0)
    for (const other of weak)
      if (kindOf(other) > kindOf(type)) type = kindOf(other) === 2 ? 'float32' : 'int32';
  return type;
}

/** The type that holds both. */
export function wider(a: ElementType, b: ElementType): ElementType {
  if (a === b) return a;
  const [low, high] = kindOf(a) <= kindOf(b) ? [a, b] : [b, a];
  if (kindOf(low) < kindOf(high)) return high;
  const [small, large] = bitsOf(a) <= bitsOf(b) ? [a, b] : [b, a];
  if (kindOf(a) === 2) return bitsOf(a) === bitsOf(b) ? 'float32' : large;
  const isSigned = (type: ElementType): boolean => !type.startsWith('u');
  if (isSigned(small) === isSigned(large)) return large;
  if (isSigned(large) && bitsOf(large) > bitsOf(small)) return large;
  // Of a signed and an unsigned one, the next signed type holds both.
  return SIGNED_BEYOND[bitsOf(large)] ?? 'float32';
}

const SIGNED_BEYOND: Readonly<Record<number, ElementType>> = {
  8: 'int16',
  16: 'int32',
  32: 'int64',
};

const bitsOf = (type: ElementType): number => ELEMENT_TYPES[type].bits;

/** Types of other names, and half precision, which is computed as float32. */
const OTHERS: Readonly<Record<string, ElementType>> = {
  float: 'float32',
  half: 'float32',
  double: 'float64',
  int: 'int32',
};

/** The element type that Keras calls by this name. @throws Unconvertible for one without a counterpart */
export function elementTypeOf(name: unknown): ElementType {
  const plain = typeof name === 'string' && Object.hasOwn(OTHERS, name) ? OTHERS[name] : name;
  const type = plain === 'string' || typeof plain !== 'string' ? undefined : inputType(plain);
  if (type) return type;
  throw new Unconvertible(`its type ${JSON.stringify(name)} is not known`);
}
