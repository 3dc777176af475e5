/** Attributes of HDF5 objects, as far as they are texts. Source: the specification, IV.A.2.m. */
import { LimitError } from '../../base/errors.ts';
import { countOf, readDataspace } from './dataspace.ts';
import { type Datatype, readDatatype } from './datatype.ts';
import { Cursor, type FileBytes } from './file-bytes.ts';
import type { GlobalHeap } from './global-heap.ts';
import { MESSAGE, shared } from './object-header.ts';

/** Names and one configuration: those of the largest models are a few MB (CWE-789). */
const MAX_BYTES = 256 << 20;

export interface Attribute {
  readonly name: string;
  readonly datatype: Datatype;
  readonly count: number;
  /** As it is in the file. */
  readonly data: Uint8Array;
}

/** @throws ModelError for a damaged one */
export function readAttribute(file: FileBytes, cursor: Cursor): Attribute {
  const version = cursor.u8();
  if (version < 1 || version > 3) throw cursor.damaged();
  const flags = cursor.u8();
  const [nameBytes, typeBytes, spaceBytes] = [cursor.u16(), cursor.u16(), cursor.u16()];
  // How the name is encoded: as UTF-8, of which ASCII is a part.
  if (version === 3) cursor.skip(1);
  const next = (size: number): Cursor => {
    const part = cursor.part(size);
    // The first version fills each part up.
    if (version === 1) cursor.skip(-size & 7);
    return part;
  };
  const name = textOf(next(nameBytes).rest());
  const type = next(typeBytes);
  const count = countOf(readDataspace(next(spaceBytes)));
  const isShared = version > 1 && (flags & 1) !== 0;
  const datatype = readDatatype(isShared ? shared(file, MESSAGE.datatype, type) : type);
  return { name, datatype, count, data: cursor.rest() };
}

/** Its elements; none when they are no texts. @throws ModelError, LimitError */
export function textsOf(
  file: FileBytes,
  heap: GlobalHeap,
  { name, datatype, count, data }: Attribute,
): string[] {
  const { text, size } = datatype;
  if (!text) return [];
  const cursor = new Cursor(file.name, `the attribute ${name}`, data);
  if (size === 0) throw cursor.damaged();
  const texts: string[] = [];
  let room = MAX_BYTES;
  for (let left = count; left > 0; left--) {
    const bytes = text === 'fixed' ? cursor.take(size) : variable(cursor, heap);
    room -= bytes.length;
    if (room < 0) throw new LimitError(`${file.name}: the attribute ${name} is too large`);
    texts.push(textOf(bytes));
  }
  return texts;
}

/** A length, the address of a heap, and a number in it. */
function variable(cursor: Cursor, heap: GlobalHeap): Uint8Array {
  const [length, address, index] = [cursor.u32(), cursor.address(), cursor.u32()];
  return length === 0 || !address ? new Uint8Array() : heap.read(address, index, length);
}

const decoder = new TextDecoder();

/** Up to the first zero. Python writes UTF-8 also where it says ASCII. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}
