/** The type of a dataset's or an attribute's elements. Source: the specification, IV.A.2.d. */
import type { ElementType } from '../../onnx/element-type.ts';
import type { Cursor } from './file-bytes.ts';

export interface Datatype {
  /** Bytes of an element. */
  readonly size: number;
  /** What ONNX calls it, if it is a number. */
  readonly element?: ElementType;
  readonly isBigEndian?: boolean;
  /** Texts stand in their place, or in a heap. */
  readonly text?: 'fixed' | 'variable';
}

const CLASS = { integer: 0, float: 1, text: 3, enumeration: 8, variable: 9 } as const;

/** Types of {@link CLASS} within each other: an enumeration has one inside. */
const MAX_DEPTH = 2;

/** @throws ModelError for a damaged one; types that weights do not have come without more than their size */
export function readDatatype(cursor: Cursor, depth = 0): Datatype {
  const kind = cursor.u8() & 0x0f;
  const flags = cursor.uint(3);
  const size = cursor.u32();
  switch (kind) {
    case CLASS.integer:
      return integer(cursor, flags, size);
    case CLASS.float:
      return float(cursor, flags, size);
    case CLASS.text:
      return { size, text: 'fixed' };
    case CLASS.enumeration: {
      const base = depth < MAX_DEPTH ? readDatatype(cursor, depth + 1) : undefined;
      // NumPy's bool is an enumeration of two.
      const isBool = size === 1 && (flags & 0xffff) === 2 && base?.element !== undefined;
      return isBool ? { size, element: 'bool' } : { size };
    }
    case CLASS.variable:
      return (flags & 0x0f) === 1 ? { size, text: 'variable' } : { size };
    default:
      return { size };
  }
}

function integer(cursor: Cursor, flags: number, size: number): Datatype {
  const [offset, bits] = [cursor.u16(), cursor.u16()];
  if (![1, 2, 4, 8].includes(size) || offset !== 0 || bits !== size * 8) return { size };
  const element = `${flags & 8 ? 'int' : 'uint'}${bits}` as ElementType;
  return { size, element, isBigEndian: (flags & 1) !== 0 };
}

/** Bits of the exponent and of the fraction, and the exponent's bias. */
const FLOATS: Readonly<Record<string, ElementType>> = {
  '2: 5, 10, 15': 'float16',
  '2: 8, 7, 127': 'bfloat16',
  '4: 8, 23, 127': 'float32',
  '8: 11, 52, 1023': 'float64',
};

function float(cursor: Cursor, flags: number, size: number): Datatype {
  cursor.skip(4);
  // Where exponent and fraction are, and how long.
  const [exponentAt, exponent, fractionAt, fraction] = [
    cursor.u8(),
    cursor.u8(),
    cursor.u8(),
    cursor.u8(),
  ];
  const bias = cursor.u32();
  const element = FLOATS[`${size}: ${exponent}, ${fraction}, ${bias}`];
  // Numbers of a VAX have a bit of their own.
  const isUsual = fractionAt === 0 && exponentAt === fraction && (flags & 0x40) === 0;
  return element && isUsual ? { size, element, isBigEndian: (flags & 1) !== 0 } : { size };
}
